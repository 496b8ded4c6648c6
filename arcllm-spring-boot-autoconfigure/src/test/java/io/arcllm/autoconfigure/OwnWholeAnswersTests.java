package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.WholeAndStreamed;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.client.WebClientResponseException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Providers of the application's own that give deltas also of whole answers, as clients
 * do that only stream.
 */
@Timeout(60)
class OwnWholeAnswersTests {

	@AutoClose
	private final Vendors vendors = new Vendors();

	private final AtomicInteger asked = new AtomicInteger();

	/** Breaks off in the middle, so often, and then gives its answer. */
	private LlmProvider house(int breaks) {
		Flux<LlmEvent> words = Flux.just(new LlmEvent.TextDelta("Once "), new LlmEvent.TextDelta("upon"));
		return (request) -> Flux.defer(() -> (this.asked.getAndIncrement() < breaks)
				? words.concatWith(Flux.error(new java.io.IOException("reset")))
				: words.concatWithValues(new LlmEvent.Completed(LlmResponse.of("Once upon"))));
	}

	@ParameterizedTest
	@ValueSource(strings = { "arcllm.modules.retry.enabled=true", "arcllm.modules.fallback.enabled=true" })
	void answerThatBreaksOffIsAskedForAgainOrElsewhere(String module) {
		this.vendors.second.enqueue(Vendors.says("Once upon", false));
		this.vendors.runner()
			.withBean("house", LlmProvider.class, () -> house(1))
			.withPropertyValues("arcllm.provider=house", "arcllm.modules.fallback.chain=second", module)
			.run((context) -> {
				LlmResponse answer = context.getBean(LlmProvider.class).invoke("hi");
				assertThat(answer.text()).isEqualTo("Once upon");
				assertThat(answer.trail().attempts()).extracting(Attempt::outcome)
					.containsExactly(Attempt.Outcome.FAILED, Attempt.Outcome.COMPLETED);
			});
	}

	@Test
	void answerThatIsNotWholeIsAnInterruptionWithWhatArrived() {
		this.vendors.runner()
			.withBean("house", LlmProvider.class, () -> house(9))
			.withPropertyValues("arcllm.provider=house")
			.run((context) -> {
				LlmException failure = catchThrowableOfType(LlmException.class,
						() -> context.getBean(LlmProvider.class).invoke("hi"));
				assertThat(failure.kind()).isEqualTo(ErrorKind.INTERRUPTED);
				assertThat(failure.partial().text()).isEqualTo("Once upon");
				assertThat(failure.isRetryable()).isTrue();
			});
	}

	@Test
	void deltasOfAWholeAnswerComeWithItsEnd() {
		this.vendors.runner()
			.withBean("house", LlmProvider.class, () -> house(0))
			.withPropertyValues("arcllm.provider=house")
			.run((context) -> {
				List<LlmEvent> events = context.getBean(LlmProvider.class)
					.exchange(LlmRequest.of("hi"))
					.collectList()
					.block();
				assertThat(events).hasSize(3).startsWith(new LlmEvent.TextDelta("Once "));
			});
	}

	@Test
	void streamThatBreaksOffAfterWordsIsNot() {
		this.vendors.runner()
			.withBean("house", LlmProvider.class, () -> house(1))
			.withPropertyValues("arcllm.provider=house", "arcllm.modules.retry.enabled=true")
			.run((context) -> {
				LlmException failure = catchThrowableOfType(LlmException.class,
						() -> Vendors.ask(context.getBean(LlmProvider.class), true));
				assertThat(failure.hasDelivered()).isTrue();
				assertThat(this.asked).hasValue(1);
			});
	}

	/** A bean that blocks, as a hop after a vendor's error and at its own retry. */
	@WholeAndStreamed
	void beanThatBlocksIsNeverAskedOnAnEventLoop(boolean streaming) {
		LlmProvider blocking = (request) -> {
			Mono.delay(Duration.ofMillis(1)).block();
			return (this.asked.getAndIncrement() == 0)
					? Flux.error(WebClientResponseException.create(503, "busy", HttpHeaders.EMPTY, new byte[0], null))
					: Flux.just(new LlmEvent.TextDelta("Hi"), new LlmEvent.Completed(LlmResponse.of("Hi")));
		};
		this.vendors.first.enqueue(Vendors.fails("500"));
		this.vendors.runner()
			.withBean("house", LlmProvider.class, () -> blocking)
			.withPropertyValues("arcllm.modules.order=fallback,retry,timeout", "arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=house", "arcllm.modules.retry.enabled=true",
					"arcllm.providers.first.modules.retry.enabled=false")
			.run((context) -> {
				LlmResponse answer = Vendors.ask(context.getBean(LlmProvider.class), streaming);
				assertThat(answer.text()).isEqualTo("Hi");
				assertThat(answer.trail().attempts()).extracting(Attempt::status).containsExactly(500, 503, null);
			});
	}

}
