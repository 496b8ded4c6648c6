package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.function.Consumer;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmResponse;
import io.arcllm.WholeAndStreamed;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Answers that are no answers, with retry on: asked again only where that can help.
 */
class ErrorAnswersTests {

	@AutoClose
	private final Vendors vendors = new Vendors();

	/** What the caller of the primary provider is told. */
	private void fails(boolean streaming, Consumer<LlmException> told) {
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.retry.enabled=true")
			.run((context) -> told.accept(catchThrowableOfType(LlmException.class,
					() -> Vendors.ask(context.getBean(LlmProvider.class), streaming))));
	}

	/** An error that breaks off before its end. */
	private static MockResponse.Builder cut(int status) {
		String body = "{\"error\":{\"message\":\"no";
		return Vendors.json(status, body)
			.setHeader("content-length", body.length() + 100)
			.onResponseEnd(new SocketEffect.CloseSocket());
	}

	@WholeAndStreamed
	void refusedKeyIsAskedOnceThoughItsWordsBreakOff(boolean streaming) {
		this.vendors.first.enqueue(cut(401).build());
		this.vendors.first.enqueue(Vendors.says("never", streaming));
		fails(streaming, (failure) -> {
			assertThat(failure.kind()).isEqualTo(ErrorKind.AUTHENTICATION);
			assertThat(failure.status()).isEqualTo(401);
			assertThat(failure.trail().attempts()).singleElement()
				.satisfies((attempt) -> assertThat(attempt.status()).isEqualTo(401));
			assertThat(this.vendors.first.getRequestCount()).isOne();
		});
	}

	@WholeAndStreamed
	void waitIsKeptThoughTheWordsBreakOff(boolean streaming) {
		this.vendors.first.enqueue(cut(429).addHeader("retry-after", "300").build());
		this.vendors.first.enqueue(Vendors.says("never", streaming));
		fails(streaming, (failure) -> {
			assertThat(failure.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
			assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(300));
			assertThat(this.vendors.first.getRequestCount()).isOne();
		});
	}

	@WholeAndStreamed
	void overloadIsRetriedThoughItsWordsBreakOff(boolean streaming) {
		this.vendors.first.enqueue(cut(503).build());
		this.vendors.first.enqueue(Vendors.says("hello", streaming));
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.retry.enabled=true")
			.run((context) -> assertThat(Vendors.ask(context.getBean(LlmProvider.class), streaming).text())
				.isEqualTo("hello"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 300, 301, 302, 303, 307, 308 })
	void redirectIsNotFollowedAndNotRepeated(int status) {
		for (boolean streaming : new boolean[] { false, true }) {
			int before = this.vendors.first.getRequestCount();
			this.vendors.first.enqueue(redirect(status));
			fails(streaming, (failure) -> {
				assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
				assertThat(failure.status()).isEqualTo(status);
				assertThat(failure.trail().requests()).isOne();
				assertThat(this.vendors.first.getRequestCount() - before).isOne();
				assertThat(this.vendors.second.getRequestCount()).isZero();
			});
		}
	}

	@WholeAndStreamed
	void redirectIsLeftToTheNextTarget(boolean streaming) {
		this.vendors.first.enqueue(redirect(302));
		this.vendors.third.enqueue(Vendors.says("hello", streaming));
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.retry.enabled=true", "arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=third")
			.run((context) -> {
				LlmResponse answer = Vendors.ask(context.getBean(LlmProvider.class), streaming);
				assertThat(answer.text()).isEqualTo("hello");
				assertThat(answer.trail().attempts()).extracting(Attempt::error)
					.containsExactly(ErrorKind.PROTOCOL, null);
			});
	}

	@WholeAndStreamed
	void redirectIsRetriedWhereItsStatusIsListed(boolean streaming) {
		this.vendors.first.enqueue(redirect(307));
		this.vendors.first.enqueue(Vendors.says("hello", streaming));
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.retry.enabled=true",
					"arcllm.modules.retry.retryable-status-codes=307,503")
			.run((context) -> assertThat(Vendors.ask(context.getBean(LlmProvider.class), streaming).text())
				.isEqualTo("hello"));
	}

	private MockResponse redirect(int status) {
		return new MockResponse.Builder().code(status)
			.addHeader("location", this.vendors.second.url("/v1/chat/completions").toString())
			.build();
	}

}
