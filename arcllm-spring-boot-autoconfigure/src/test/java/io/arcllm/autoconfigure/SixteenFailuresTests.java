package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import io.arcllm.StopReason;
import io.arcllm.Usage;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static io.arcllm.autoconfigure.CountingVendor.TEXT;
import static io.arcllm.autoconfigure.CountingVendor.answer;
import static io.arcllm.autoconfigure.CountingVendor.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * What users of such systems meet, each on a real socket, with retry inside fallback and
 * recovery by replay: the whole answer or a clean error, with no more attempts than
 * needed.
 */
class SixteenFailuresTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	@StartStop
	final MockWebServer first = PromptServers.create();

	@StartStop
	final MockWebServer second = PromptServers.create();

	private final StringBuilder seen = new StringBuilder();

	/**
	 * How the first vendor fails, and how often each vendor is asked for it whole and
	 * streamed.
	 */
	private enum Failure {

		TOO_MANY_REQUESTS((streaming) -> error(429, "rate_limit"), 2, 0, 2, 0),

		TOO_MANY_REQUESTS_WITH_RETRY_AFTER(
				(streaming) -> error(429, "rate_limit").newBuilder().addHeader("retry-after", "1").build(), 2, 0, 2, 0),

		SERVER_ERROR_ONCE((streaming) -> error(500, "server_error"), 2, 0, 2, 0),

		RESET_BEFORE_THE_HEADERS(
				(streaming) -> new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build(), 2, 0,
				2, 0),

		SILENCE((streaming) -> new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build(), 1, 1, 1,
				1),

		LATE_FIRST_TOKEN((streaming) -> CountingVendor.late(streaming, "m-a"), 1, 1, 1, 1),

		CUT_AFTER_TWO_THIRDS((streaming) -> CountingVendor.cutAfterTwoThirds(streaming, "m-a"), 2, 0, 2, 0),

		STALL((streaming) -> CountingVendor.stall(streaming, "m-a"), 1, 1, 2, 0),

		MALFORMED_CHUNK((streaming) -> CountingVendor.malformed(streaming, "m-a"), 2, 0, 2, 0),

		NO_END((streaming) -> CountingVendor.endless(streaming, "m-a"), 2, 0, 2, 0),

		NO_DONE_AFTER_THE_END((streaming) -> CountingVendor.withoutDone(streaming, "m-a"), 1, 0, 1, 0),

		CONTEXT_LENGTH((streaming) -> error(400, "context_length_exceeded"), 1, 1, 1, 1);

		private final Function<Boolean, MockResponse> response;

		private final int[] asked;

		Failure(Function<Boolean, MockResponse> response, int... asked) {
			this.response = response;
			this.asked = asked;
		}

		boolean isSilent() {
			return this == SILENCE || this == LATE_FIRST_TOKEN || this == STALL;
		}

	}

	/** How the caller asks, and how the vendor is asked. */
	private enum Way {

		WHOLE, STREAMED, WHOLE_ASKED_AS_A_STREAM;

		boolean streaming() {
			return this == STREAMED;
		}

		boolean onTheWire() {
			return this != WHOLE;
		}

		String[] properties() {
			return new String[] {
					"arcllm.modules.streams.upstream=" + ((this == WHOLE_ASKED_AS_A_STREAM) ? "always" : "as-asked") };
		}

	}

	static List<Arguments> failures() {
		List<Arguments> all = new ArrayList<>();
		for (Failure failure : Failure.values()) {
			all.add(Arguments.of(failure, false));
			all.add(Arguments.of(failure, true));
		}
		return all;
	}

	@ParameterizedTest(name = "{0}, streamed: {1}")
	@MethodSource("failures")
	@Execution(ExecutionMode.CONCURRENT)
	void callerGetsTheWholeAnswerOnce(Failure failure, boolean streaming) {
		this.first.enqueue(failure.response.apply(streaming));
		this.first.enqueue(answer(streaming, "m-a"));
		this.second.enqueue(answer(streaming, "m-b"));
		String patience = failure.isSilent() ? "400ms" : "10s";
		runner("replay")
			.withPropertyValues("arcllm.providers.acme.modules.timeout.first-token=" + patience,
					"arcllm.providers.acme.modules.timeout.idle=" + patience,
					"arcllm.providers.acme.modules.timeout.attempt=" + patience)
			.run((context) -> {
				LlmResponse answer = ask(context.getBean(LlmProvider.class), streaming);
				assertThat(answer.text()).isEqualTo(TEXT);
				assertThat(this.seen.toString()).isEqualTo(streaming ? TEXT : "");
				int at = streaming ? 2 : 0;
				assertThat(List.of(this.first.getRequestCount(), this.second.getRequestCount()))
					.containsExactly(failure.asked[at], failure.asked[at + 1]);
				assertThat(answer.trail().requests()).isEqualTo(failure.asked[at] + failure.asked[at + 1]);
				assertThat(answer.target()).hasToString((failure.asked[at + 1] == 0) ? "acme/m-a" : "beta/m-b");
				assertThat(answer.usage()).isEqualTo(Usage.of(3, 12));
			});
	}

	/** No failure is survived by a whole call as asked that it does not survive so. */
	@ParameterizedTest
	@EnumSource
	@Execution(ExecutionMode.CONCURRENT)
	void wholeAnswerThatIsAskedForAsAStreamSurvivesTheSame(Failure failure) {
		this.first.enqueue(failure.response.apply(true));
		this.first.enqueue(answer(true, "m-a"));
		this.second.enqueue(answer(true, "m-b"));
		String patience = failure.isSilent() ? "400ms" : "10s";
		runner("replay")
			.withPropertyValues("arcllm.modules.streams.upstream=always",
					"arcllm.providers.acme.modules.timeout.first-token=" + patience,
					"arcllm.providers.acme.modules.timeout.idle=" + patience)
			.run((context) -> {
				LlmResponse answer = ask(context.getBean(LlmProvider.class), false);
				assertThat(answer.text()).isEqualTo(TEXT);
				assertThat(this.seen).isEmpty();
				assertThat(answer.usage()).isEqualTo(Usage.of(3, 12));
			});
	}

	@ParameterizedTest
	@EnumSource
	void aVendorThatIsDownIsLeftAfterItsRetriesWithModelAndUsageOfTheOther(Way way) {
		for (int i = 0; i < 3; i++) {
			this.first.enqueue(error(503, "overloaded"));
		}
		this.second.enqueue(answer(way.onTheWire(), "m-b"));
		runner("replay").withPropertyValues(way.properties()).run((context) -> {
			LlmResponse answer = ask(context.getBean(LlmProvider.class), way.streaming());
			assertThat(answer.text()).isEqualTo(TEXT);
			assertThat(answer.target()).hasToString("beta/m-b");
			assertThat(answer.usage()).isEqualTo(Usage.of(3, 12));
			assertThat(answer.trail().attempts()).extracting(Attempt::error)
				.containsExactly(ErrorKind.OVERLOADED, ErrorKind.OVERLOADED, ErrorKind.OVERLOADED, null);
		});
	}

	@ParameterizedTest
	@EnumSource
	void vendorsThatAreAllDownForEverAreACleanErrorAfterTheirRetries(Way way) {
		for (int i = 0; i < 10; i++) {
			this.first.enqueue(error(503, "overloaded"));
			this.second.enqueue(error(503, "overloaded"));
		}
		LlmException failure = failure(way);
		assertThat(failure.kind()).isEqualTo(ErrorKind.OVERLOADED);
		assertThat(failure.status()).isEqualTo(503);
		assertThat(failure.partial()).isNull();
		assertThat(failure.trail().requests()).isEqualTo(6);
		assertThat(this.first.getRequestCount()).isEqualTo(3);
		assertThat(this.second.getRequestCount()).isEqualTo(3);
	}

	@ParameterizedTest
	@EnumSource
	void aContentFilterIsACleanErrorAndAskedNobodyElse(Way way) {
		this.first.enqueue(error(400, "content_filter"));
		LlmException failure = failure(way);
		assertThat(failure.kind()).isEqualTo(ErrorKind.CONTENT_POLICY);
		assertThat(failure.partial()).isNull();
		assertThat(this.first.getRequestCount()).isOne();
		assertThat(this.second.getRequestCount()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void anAnswerThatAFilterEndsSaysSo(Way way) {
		this.first.enqueue(CountingVendor.filtered(way.onTheWire(), "m-a"));
		runner("replay").withPropertyValues(way.properties()).run((context) -> {
			LlmResponse answer = ask(context.getBean(LlmProvider.class), way.streaming());
			assertThat(answer.stopReason().type()).isEqualTo(StopReason.Type.CONTENT_FILTER);
			assertThat(this.second.getRequestCount()).isZero();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "full", "40-tokens", "5s" })
	void aStreamThatBreaksBeforeItsCommitPointIsNeverSeen(String commit) {
		this.first.enqueue(CountingVendor.endless(true, "m-a"));
		this.first.enqueue(answer(true, "m-a"));
		runner("fail").withPropertyValues("arcllm.modules.streams.commit=" + commit).run((context) -> {
			LlmResponse answer = ask(context.getBean(LlmProvider.class), true);
			assertThat(answer.text()).isEqualTo(TEXT).isEqualTo(this.seen.toString());
			assertThat(answer.trail().requests()).isEqualTo(2);
		});
	}

	@Test
	void aModelThatAcceptsNoPrefixReplaysThoughItsProviderDoes() {
		this.first.enqueue(CountingVendor.endless(true, "m-a"));
		this.first.enqueue(error(400, "invalid_request_error"));
		this.second.enqueue(answer(true, "m-b"));
		runner("continue")
			.withPropertyValues("arcllm.providers.beta.accepts-prefix=true", "arcllm.providers.beta.models[0].name=m",
					"arcllm.providers.beta.models[0].accepts-prefix=false")
			.run((context) -> {
				assertThat(ask(context.getBean(LlmProvider.class), true).text()).isEqualTo(TEXT);
				assertThat(this.second.takeRequest().getBody().utf8()).doesNotContain("\"assistant\"");
			});
	}

	@Test
	void aFallbackThatRejectsThePrefixReplays() {
		this.first.enqueue(CountingVendor.endless(true, "m-a"));
		this.first.enqueue(error(400, "invalid_request_error"));
		this.second.enqueue(error(400, "invalid_request_error"));
		this.second.enqueue(answer(true, "m-b"));
		runner("continue").withPropertyValues("arcllm.providers.beta.accepts-prefix=true").run((context) -> {
			LlmResponse answer = ask(context.getBean(LlmProvider.class), true);
			assertThat(answer.text()).isEqualTo(TEXT).isEqualTo(this.seen.toString());
			assertThat(this.second.takeRequest().getBody().utf8()).contains("\"assistant\"", "seven");
			assertThat(this.second.takeRequest().getBody().utf8()).doesNotContain("\"assistant\"");
			assertThat(answer.trail().requests()).isEqualTo(4);
		});
	}

	@ParameterizedTest
	@EnumSource
	@Execution(ExecutionMode.CONCURRENT)
	void aVendorThatReturnsIsAskedAgain(Way way) {
		this.first.enqueue(error(503, "overloaded"));
		for (int i = 0; i < 50; i++) {
			this.first.enqueue(answer(way.onTheWire(), "m-a"));
			this.second.enqueue(answer(way.onTheWire(), "m-b"));
		}
		runner("replay").withPropertyValues(way.properties())
			.withConfiguration(AutoConfigurations.of(ArcllmCircuitBreakerAutoConfiguration.class))
			.withPropertyValues("arcllm.modules.retry.enabled=false", "arcllm.modules.circuit-breaker.enabled=true",
					"arcllm.modules.circuit-breaker.consecutive-failures=1",
					"arcllm.modules.circuit-breaker.open-for=2s")
			.run((context) -> {
				LlmProvider provider = context.getBean(LlmProvider.class);
				assertThat(ask(provider, way.streaming()).provider()).isEqualTo("beta");
				assertThat(ask(provider, way.streaming()).trail().attempts()).extracting(Attempt::outcome)
					.containsExactly(Attempt.Outcome.SKIPPED, Attempt.Outcome.COMPLETED);
				assertThat(this.first.getRequestCount()).isOne();
				await().atMost(LIMIT)
					.pollInterval(Duration.ofMillis(100))
					.until(() -> ask(provider, way.streaming()).provider().equals("acme"));
			});
	}

	private LlmException failure(Way way) {
		LlmException[] failure = new LlmException[1];
		runner("replay").withPropertyValues(way.properties())
			.run((context) -> failure[0] = catchThrowableOfType(LlmException.class,
					() -> ask(context.getBean(LlmProvider.class), way.streaming())));
		return failure[0];
	}

	private LlmResponse ask(LlmProvider provider, boolean streaming) {
		LlmRequest request = LlmRequest.of("Count").withStreaming(streaming);
		return provider.exchange(request).doOnNext((event) -> {
			if (event instanceof LlmEvent.TextDelta delta) {
				this.seen.append(delta.text());
			}
		}).blockLast(LIMIT).answer();
	}

	private ApplicationContextRunner runner(String recovery) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("arcllm.provider=acme", "arcllm.providers.acme.type=openai",
					"arcllm.providers.acme.base-url=" + this.first.url("/v1"), "arcllm.providers.acme.model=m",
					"arcllm.providers.beta.type=openai", "arcllm.providers.beta.base-url=" + this.second.url("/v1"),
					"arcllm.providers.beta.model=m", "arcllm.modules.order=fallback,retry,circuit-breaker,timeout",
					"arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=beta",
					"arcllm.modules.retry.enabled=true", "arcllm.modules.retry.max-retries=2",
					"arcllm.modules.retry.backoff-base=1ms", "arcllm.modules.retry.max-wait=3s",
					"arcllm.modules.streams.recovery=" + recovery);
	}

}
