package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Usage;
import io.arcllm.WholeAndStreamed;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * What users of such systems meet, each on a real socket, with retry inside fallback and
 * recovery by replay: the whole answer or a clean error, with no more attempts than
 * needed.
 */
class SixteenFailuresTests {

	private static final List<String> WORDS = Arrays
		.asList("One two three four five six seven eight nine ten eleven twelve".split("(?<= )"));

	private static final String TEXT = String.join("", WORDS);

	@StartStop
	final MockWebServer first = new MockWebServer();

	@StartStop
	final MockWebServer second = new MockWebServer();

	private final StringBuilder seen = new StringBuilder();

	/**
	 * How the first vendor fails, and how often each vendor is asked for it whole and
	 * streamed.
	 */
	private enum Failure {

		TOO_MANY_REQUESTS((failure, streaming) -> error(429, "rate_limit"), 2, 0, 2, 0),

		TOO_MANY_REQUESTS_WITH_RETRY_AFTER(
				(failure, streaming) -> error(429, "rate_limit").newBuilder().addHeader("retry-after", "1").build(), 2,
				0, 2, 0),

		SERVER_ERROR_ONCE((failure, streaming) -> error(500, "server_error"), 2, 0, 2, 0),

		RESET_BEFORE_THE_HEADERS((failure,
				streaming) -> new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build(), 2, 0,
				2, 0),

		SILENCE((failure, streaming) -> new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build(),
				1, 1, 1, 1),

		LATE_FIRST_TOKEN((failure, streaming) -> answer(streaming, "m-a").newBuilder()
			.headersDelay(6, java.util.concurrent.TimeUnit.SECONDS)
			.build(), 1, 1, 1, 1),

		CUT((failure, streaming) -> answer(streaming, "m-a").newBuilder()
			.onResponseBody(new SocketEffect.CloseSocket())
			.build(), 2, 0, 1, 1),

		STALL((failure,
				streaming) -> answer(streaming, "m-a").newBuilder().onResponseBody(SocketEffect.Stall.INSTANCE).build(),
				1, 1, 1, 1),

		MALFORMED_CHUNK((failure, streaming) -> streaming
				? stream(deltas(3, "m-a") + "data: {\"choices\":[{\n\n" + deltas(12, "m-a")) : json("{\"choices\":[{"),
				2, 0, 1, 1),

		NO_END((failure, streaming) -> streaming ? stream(deltas(7, "m-a"))
				: json("{\"id\":\"c\",\"choices\":[{\"index\":0,"), 2, 0, 1, 1),

		CONTEXT_LENGTH((failure, streaming) -> error(400, "context_length_exceeded"), 1, 1, 1, 1);

		private final BiFunction<Failure, Boolean, MockResponse> response;

		private final int[] asked;

		Failure(BiFunction<Failure, Boolean, MockResponse> response, int... asked) {
			this.response = response;
			this.asked = asked;
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
	void callerGetsTheWholeAnswerOnce(Failure failure, boolean streaming) {
		this.first.enqueue(failure.response.apply(failure, streaming));
		this.first.enqueue(answer(streaming, "m-a"));
		this.second.enqueue(answer(streaming, "m-b"));
		runner("replay").run((context) -> {
			LlmResponse answer = ask(context.getBean(LlmProvider.class), streaming);
			assertThat(answer.text()).isEqualTo(TEXT);
			assertThat(this.seen.toString()).isEqualTo(streaming ? TEXT : "");
			int at = streaming ? 2 : 0;
			assertThat(List.of(this.first.getRequestCount(), this.second.getRequestCount()))
				.containsExactly(failure.asked[at], failure.asked[at + 1]);
			assertThat(answer.trail().requests()).isEqualTo(failure.asked[at] + failure.asked[at + 1]);
			assertThat(answer.provider()).isEqualTo((failure.asked[at + 1] == 0) ? "acme" : "beta");
		});
	}

	@WholeAndStreamed
	void aVendorThatIsDownIsLeftAfterItsRetriesWithModelAndUsageOfTheOther(boolean streaming) {
		for (int i = 0; i < 3; i++) {
			this.first.enqueue(error(503, "overloaded"));
		}
		this.second.enqueue(answer(streaming, "m-b"));
		runner("replay").run((context) -> {
			LlmResponse answer = ask(context.getBean(LlmProvider.class), streaming);
			assertThat(answer.text()).isEqualTo(TEXT);
			assertThat(answer.target()).hasToString("beta/m-b");
			assertThat(answer.usage()).isEqualTo(Usage.of(3, 12));
			assertThat(answer.trail().attempts()).extracting(Attempt::error)
				.containsExactly(ErrorKind.OVERLOADED, ErrorKind.OVERLOADED, ErrorKind.OVERLOADED, null);
		});
	}

	@WholeAndStreamed
	void aContentFilterIsACleanErrorAndAskedNobodyElse(boolean streaming) {
		this.first.enqueue(error(400, "content_filter"));
		runner("replay").run((context) -> {
			LlmException failure = catchThrowableOfType(LlmException.class,
					() -> ask(context.getBean(LlmProvider.class), streaming));
			assertThat(failure.kind()).isEqualTo(ErrorKind.CONTENT_POLICY);
			assertThat(failure.partial()).isNull();
			assertThat(this.second.getRequestCount()).isZero();
		});
	}

	@Test
	void aFallbackThatRejectsThePrefixReplays() {
		this.first.enqueue(stream(deltas(7, "m-a")));
		this.second.enqueue(error(400, "invalid_request_error"));
		this.second.enqueue(answer(true, "m-b"));
		runner("continue").withPropertyValues("arcllm.providers.beta.accepts-prefix=true").run((context) -> {
			LlmResponse answer = ask(context.getBean(LlmProvider.class), true);
			assertThat(answer.text()).isEqualTo(TEXT).isEqualTo(this.seen.toString());
			assertThat(this.second.takeRequest().getBody().utf8()).contains("\"assistant\"", "seven");
			assertThat(this.second.takeRequest().getBody().utf8()).doesNotContain("\"assistant\"");
			assertThat(answer.trail().requests()).isEqualTo(3);
		});
	}

	@Test
	void aVendorThatReturnsIsAskedAgain() {
		this.first.enqueue(error(503, "overloaded"));
		for (int i = 0; i < 20; i++) {
			this.first.enqueue(answer(false, "m-a"));
			this.second.enqueue(answer(false, "m-b"));
		}
		runner("replay").withConfiguration(AutoConfigurations.of(ArcllmCircuitBreakerAutoConfiguration.class))
			.withPropertyValues("arcllm.modules.retry.enabled=false", "arcllm.modules.circuit-breaker.enabled=true",
					"arcllm.modules.circuit-breaker.consecutive-failures=1",
					"arcllm.modules.circuit-breaker.open-for=400ms")
			.run((context) -> {
				LlmProvider provider = context.getBean(LlmProvider.class);
				assertThat(ask(provider, false).provider()).isEqualTo("beta");
				assertThat(ask(provider, false).trail().attempts()).extracting(Attempt::outcome)
					.containsExactly(Attempt.Outcome.SKIPPED, Attempt.Outcome.COMPLETED);
				await().atMost(Duration.ofSeconds(10))
					.pollInterval(Duration.ofMillis(100))
					.until(() -> ask(provider, false).provider().equals("acme"));
			});
	}

	private LlmResponse ask(LlmProvider provider, boolean streaming) {
		LlmRequest request = LlmRequest.of("Count").withStreaming(streaming);
		return provider.exchange(request).doOnNext((event) -> {
			if (event instanceof LlmEvent.TextDelta delta) {
				this.seen.append(delta.text());
			}
		}).blockLast(Duration.ofSeconds(20)).answer();
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
					"arcllm.modules.timeout.first-token=2s", "arcllm.modules.timeout.idle=2s",
					"arcllm.modules.timeout.attempt=2500ms", "arcllm.modules.streams.recovery=" + recovery);
	}

	private static MockResponse answer(boolean streaming, String model) {
		return streaming ? stream(deltas(WORDS.size(), model)
				+ "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
				+ "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":12}}\n\ndata: [DONE]\n\n")
				: json("{\"id\":\"c\",\"model\":\"" + model
						+ "\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\""
						+ TEXT + "\"}}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":12}}");
	}

	private static String deltas(int count, String model) {
		StringBuilder frames = new StringBuilder();
		for (String word : WORDS.subList(0, count)) {
			frames.append("data: {\"id\":\"c\",\"model\":\"" + model
					+ "\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + word + "\"}}]}\n\n");
		}
		return frames.toString();
	}

	private static MockResponse stream(String body) {
		return new MockResponse.Builder().addHeader("content-type", "text/event-stream").chunkedBody(body, 50).build();
	}

	private static MockResponse json(String body) {
		return new MockResponse.Builder().addHeader("content-type", "application/json").body(body).build();
	}

	private static MockResponse error(int status, String code) {
		return json("{\"error\":{\"message\":\"No\",\"code\":\"" + code + "\"}}").newBuilder().code(status).build();
	}

}
