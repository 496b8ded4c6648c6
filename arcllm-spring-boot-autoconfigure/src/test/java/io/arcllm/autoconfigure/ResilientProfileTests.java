package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import io.arcllm.StopReason;
import io.arcllm.WholeAndStreamed;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static io.arcllm.autoconfigure.CountingVendor.OTHER;
import static io.arcllm.autoconfigure.CountingVendor.TEXT;
import static io.arcllm.autoconfigure.CountingVendor.answer;
import static io.arcllm.autoconfigure.CountingVendor.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * The sixteen failures with two providers and the one line, where the fallback says other
 * words than the primary: the whole answer of one of them, or a clean error.
 */
class ResilientProfileTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	@StartStop
	final MockWebServer first = PromptServers.create();

	@StartStop
	final MockWebServer second = PromptServers.create();

	private final StringBuilder seen = new StringBuilder();

	/**
	 * How the first vendor fails.
	 */
	private enum Failure {

		TOO_MANY_REQUESTS((streaming, model) -> error(429, "rate_limit")),

		TOO_MANY_REQUESTS_WITH_A_LONG_WAIT(
				(streaming, model) -> error(429, "rate_limit").newBuilder().addHeader("retry-after", "40").build()),

		SERVER_ERROR_ONCE((streaming, model) -> error(500, "server_error")),

		OVERLOADED((streaming, model) -> error(529, "overloaded_error")),

		RESET_BEFORE_THE_HEADERS((streaming,
				model) -> new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build()),

		SILENCE((streaming, model) -> new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build()),

		LATE_FIRST_TOKEN(CountingVendor::late),

		CUT_AFTER_TWO_THIRDS(CountingVendor::cutAfterTwoThirds),

		STALL(CountingVendor::stall),

		MALFORMED_CHUNK(CountingVendor::malformed),

		NO_END(CountingVendor::endless),

		NO_DONE_AFTER_THE_END(CountingVendor::withoutDone),

		CONTEXT_LENGTH((streaming, model) -> error(400, "context_length_exceeded"));

		private final BiFunction<Boolean, String, MockResponse> response;

		Failure(BiFunction<Boolean, String, MockResponse> response) {
			this.response = response;
		}

		boolean isSilent() {
			return this == SILENCE || this == LATE_FIRST_TOKEN || this == STALL;
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
	void callerGetsOneWholeAnswer(Failure failure, boolean streaming) {
		this.first.enqueue(failure.response.apply(streaming, "m-a"));
		this.first.enqueue(answer(streaming, "m-a"));
		this.second.enqueue(CountingVendor.otherWords(streaming, "m-b"));
		String patience = failure.isSilent() ? "400ms" : "10s";
		runner()
			.withPropertyValues("arcllm.providers.acme.modules.timeout.first-token=" + patience,
					"arcllm.providers.acme.modules.timeout.idle=" + patience,
					"arcllm.providers.acme.modules.timeout.attempt=" + patience)
			.run((context) -> {
				LlmResponse answer = ask(context.getBean(LlmProvider.class), streaming);
				assertThat(answer.text()).isIn(TEXT, OTHER);
				if (streaming) {
					assertThat(this.seen.toString()).isEqualTo(answer.text());
				}
				assertThat(answer.target()).hasToString(answer.text().equals(TEXT) ? "acme/m-a" : "beta/m-b");
				assertThat(answer.trail().requests()).isLessThanOrEqualTo(3);
			});
	}

	static List<Arguments> silences() {
		return failures().stream().filter((one) -> ((Failure) one.get()[0]).isSilent()).toList();
	}

	/** Nothing but the line, and time limits of 30 s: the hedge is what asks another. */
	@ParameterizedTest(name = "{0}, streamed: {1}")
	@MethodSource("silences")
	@Tag("proof")
	@Execution(ExecutionMode.CONCURRENT)
	@Timeout(150)
	void silenceIsSurvivedAtTimeLimitsOfThirtySeconds(Failure failure, boolean streaming) {
		this.first.enqueue(failure.response.apply(streaming, "m-a"));
		this.first.enqueue(answer(streaming, "m-a"));
		this.second.enqueue(CountingVendor.otherWords(streaming, "m-b"));
		runner()
			.withPropertyValues("arcllm.modules.timeout.first-token=30s", "arcllm.modules.timeout.idle=30s",
					"arcllm.modules.timeout.attempt=30s")
			.run((context) -> {
				LlmResponse answer = ask(context.getBean(LlmProvider.class), streaming, Duration.ofSeconds(120));
				assertThat(answer.text()).isIn(TEXT, OTHER);
				if (streaming) {
					assertThat(this.seen.toString()).isEqualTo(answer.text());
				}
			});
	}

	/** The first three calls of an application are hedged, too. */
	@WholeAndStreamed
	void slowFirstWordAsksASecondTargetFromTheFirstCallOn(boolean streaming) {
		runner()
			.withPropertyValues("arcllm.modules.hedge.until-known=100ms", "arcllm.modules.hedge.minimum-delay=100ms",
					"arcllm.providers.acme.modules.timeout.first-token=15s")
			.run((context) -> {
				for (int i = 0; i < 3; i++) {
					this.first.enqueue(Failure.SILENCE.response.apply(streaming, "m-a"));
					this.second.enqueue(CountingVendor.otherWords(streaming, "m-b"));
					LlmResponse answer = ask(context.getBean(LlmProvider.class), streaming);
					assertThat(answer.text()).isEqualTo(OTHER);
					assertThat(answer.trail().attempts()).extracting(Attempt::cause).contains(Attempt.Cause.HEDGE);
				}
			});
	}

	@WholeAndStreamed
	void vendorThatIsDownIsReplaced(boolean streaming) {
		for (int i = 0; i < 3; i++) {
			this.first.enqueue(error(503, "overloaded"));
		}
		this.second.enqueue(CountingVendor.otherWords(streaming, "m-b"));
		runner()
			.run((context) -> assertThat(ask(context.getBean(LlmProvider.class), streaming).text()).isEqualTo(OTHER));
	}

	@WholeAndStreamed
	void vendorsThatAreAllDownAreACleanError(boolean streaming) {
		for (int i = 0; i < 10; i++) {
			this.first.enqueue(error(503, "overloaded"));
			this.second.enqueue(error(503, "overloaded"));
		}
		runner().run((context) -> {
			LlmException failure = catchThrowableOfType(LlmException.class,
					() -> ask(context.getBean(LlmProvider.class), streaming));
			assertThat(failure.kind()).isEqualTo(ErrorKind.OVERLOADED);
			assertThat(failure.partial()).isNull();
		});
	}

	@WholeAndStreamed
	void contentFilterIsACleanErrorAndTheEndOfTheCall(boolean streaming) {
		this.first.enqueue(error(400, "content_filter"));
		runner().run((context) -> {
			LlmException failure = catchThrowableOfType(LlmException.class,
					() -> ask(context.getBean(LlmProvider.class), streaming));
			assertThat(failure.kind()).isEqualTo(ErrorKind.CONTENT_POLICY);
			assertThat(this.second.getRequestCount()).isZero();
		});
	}

	@WholeAndStreamed
	void answerThatAFilterEndsSaysSo(boolean streaming) {
		this.first.enqueue(CountingVendor.filtered(streaming, "m-a"));
		runner().run((context) -> assertThat(ask(context.getBean(LlmProvider.class), streaming).stopReason().type())
			.isEqualTo(StopReason.Type.CONTENT_FILTER));
	}

	@Test
	void providerLoadedByNameCarriesTheChain() {
		this.second.enqueue(error(401, "invalid_api_key"));
		this.first.enqueue(answer(false, "m-a"));
		runner()
			.run((context) -> assertThat(context.getBean(LlmProviders.class).load("beta").invoke("Count").provider())
				.isEqualTo("acme"));
	}

	@Test
	void providerWithoutItsOwnFallbackKeepsCallsToItself() {
		this.second.enqueue(error(401, "invalid_api_key"));
		runner().withPropertyValues("arcllm.providers.beta.modules.fallback.enabled=false").run((context) -> {
			LlmException failure = catchThrowableOfType(LlmException.class,
					() -> context.getBean(LlmProviders.class).load("beta").invoke("Count"));
			assertThat(failure.kind()).isEqualTo(ErrorKind.AUTHENTICATION);
			assertThat(this.first.getRequestCount()).isZero();
		});
	}

	@Test
	void whatIsWrittenWinsOverTheProfile() {
		this.first.enqueue(error(500, "server_error"));
		runner().withPropertyValues("arcllm.modules.retry.enabled=false", "arcllm.modules.fallback.enabled=false")
			.run((context) -> {
				assertThat(context.getBean(LlmProvider.class).toString()).doesNotContain("Retry", "Fallback");
				assertThat(catchThrowableOfType(LlmException.class,
						() -> context.getBean(LlmProvider.class).invoke("Count"))
					.kind()).isEqualTo(ErrorKind.SERVER_ERROR);
			});
	}

	@Test
	void oneProviderAloneIsRetried() {
		this.first.enqueue(error(500, "server_error"));
		this.first.enqueue(answer(false, "m-a"));
		new ApplicationContextRunner().withConfiguration(all())
			.withPropertyValues("arcllm.profile=resilient", "arcllm.providers.acme.type=openai",
					"arcllm.providers.acme.base-url=" + this.first.url("/v1"), "arcllm.providers.acme.model=m")
			.run((context) -> {
				LlmProvider provider = context.getBean(LlmProvider.class);
				assertThat(provider.toString()).doesNotContain("Fallback");
				assertThat(provider.invoke("Count").text()).isEqualTo(TEXT);
			});
	}

	@Test
	void providersWithoutAModelOrAKeyAreLeftOutOfTheChain() {
		this.first.enqueue(error(401, "invalid_api_key"));
		runner()
			.withPropertyValues("arcllm.providers.gamma.type=openai",
					"arcllm.providers.gamma.base-url=" + this.second.url("/v1"), "arcllm.providers.groq.model=llama",
					"arcllm.providers.beta.modules.retry.max-retries=0")
			.run((context) -> {
				this.second.enqueue(error(401, "invalid_api_key"));
				LlmException failure = catchThrowableOfType(LlmException.class,
						() -> context.getBean(LlmProvider.class).invoke("Count"));
				assertThat(failure).hasMessageContaining("acme/m -> beta/m)");
			});
	}

	@Test
	void profileThatIsNoneStopsTheStart() {
		runner().withPropertyValues("arcllm.profile=brave")
			.run((context) -> assertThat(context.getStartupFailure()).hasStackTraceContaining("arcllm.profile"));
	}

	private LlmResponse ask(LlmProvider provider, boolean streaming) {
		return ask(provider, streaming, LIMIT);
	}

	private LlmResponse ask(LlmProvider provider, boolean streaming, Duration limit) {
		LlmRequest request = LlmRequest.of("Count").withStreaming(streaming);
		return provider.exchange(request).doOnNext((event) -> {
			if (event instanceof LlmEvent.TextDelta delta) {
				this.seen.append(delta.text());
			}
		}).blockLast(limit).answer();
	}

	private static AutoConfigurations all() {
		return AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class,
				ArcllmCircuitBreakerAutoConfiguration.class, WebClientAutoConfiguration.class,
				SslAutoConfiguration.class);
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner().withConfiguration(all())
			.withPropertyValues("arcllm.profile=resilient", "arcllm.provider=acme", "arcllm.providers.acme.type=openai",
					"arcllm.providers.acme.base-url=" + this.first.url("/v1"), "arcllm.providers.acme.model=m",
					"arcllm.providers.beta.type=openai", "arcllm.providers.beta.base-url=" + this.second.url("/v1"),
					"arcllm.providers.beta.model=m");
	}

}
