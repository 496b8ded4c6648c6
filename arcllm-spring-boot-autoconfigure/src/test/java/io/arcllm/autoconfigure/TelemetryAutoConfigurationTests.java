package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.PromptServers;
import io.arcllm.autoconfigure.actuator.Decisions;
import io.arcllm.autoconfigure.actuator.Decisions.Decision;
import io.arcllm.autoconfigure.module.Gauges;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Hooks;
import reactor.test.StepVerifier;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.reactor.autoconfigure.ReactorAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.WebClientObservationAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What Micrometer is told of real calls.
 */
class TelemetryAutoConfigurationTests {

	private static final String CANARY = "sk-canary-7f3a";

	private static final String ANSWER = """
			{"id":"msg_1","type":"message","role":"assistant","model":"claude-x-2026","content":[{"type":"text","text":"Hello"}],
			"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":1}}""";

	private static final String CHAT = """
			{"id":"c","object":"chat.completion","model":"gpt-x","choices":[{"index":0,"finish_reason":"stop",
			"message":{"role":"assistant","content":"Hi"}}],"usage":{"prompt_tokens":5,"completion_tokens":2}}""";

	@StartStop
	final MockWebServer anthropic = PromptServers.create();

	@StartStop
	final MockWebServer openai = PromptServers.create();

	private ApplicationContextRunner bare() {
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class,
							ArcllmCircuitBreakerAutoConfiguration.class, ArcllmTelemetryAutoConfiguration.class,
							WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("arcllm.provider=anthropic",
					"arcllm.providers.anthropic.base-url=" + this.anthropic.url("/"),
					"arcllm.providers.anthropic.api-key=" + CANARY, "arcllm.providers.anthropic.model=claude-x",
					"arcllm.providers.openai.base-url=" + this.openai.url("/v1"),
					"arcllm.providers.openai.api-key=" + CANARY, "arcllm.providers.openai.model=gpt-x");
	}

	private ApplicationContextRunner runner() {
		return bare()
			.withConfiguration(
					AutoConfigurations.of(MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
							ObservationAutoConfiguration.class, WebClientObservationAutoConfiguration.class))
			.withUserConfiguration(Recording.class);
	}

	private ApplicationContextRunner chain() {
		return runner().withPropertyValues("arcllm.modules.fallback.enabled=true",
				"arcllm.modules.fallback.chain=openai");
	}

	@Test
	void callIsOneSpanWithOneSpanForEachAttemptAroundItsHttpRequest() {
		this.anthropic.enqueue(json(529, "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}"));
		this.openai.enqueue(json(200, CHAT));
		chain().run((context) -> {
			context.getBean(LlmProvider.class).invoke("Hi");
			Recording recording = context.getBean(Recording.class);
			Observation.Context call = recording.one("arcllm.call");
			List<Observation.Context> attempts = recording.all("gen_ai.client.inference.duration");
			assertThat(attempts).hasSize(2).allSatisfy((attempt) -> assertThat(parent(attempt)).isSameAs(call));
			assertThat(recording.all("http.client.requests")).extracting(TelemetryAutoConfigurationTests::parent)
				.containsExactlyElementsOf(attempts);
			assertThat(tags(call)).containsAllEntriesOf(Map.of("gen_ai.operation.name", "chat", "gen_ai.provider.name",
					"anthropic", "gen_ai.request.model", "claude-x", "arcllm.outcome", "completed",
					"arcllm.answered.by", "openai", "error.type", "none"));
			assertThat(tags(attempts.get(0))).containsAllEntriesOf(Map.of("gen_ai.provider.name", "anthropic",
					"arcllm.outcome", "failed", "error.type", "overloaded"));
			assertThat(tags(attempts.get(1))).containsAllEntriesOf(Map.of("gen_ai.provider.name", "openai",
					"gen_ai.response.model", "gpt-x", "gen_ai.usage.input_tokens", "5", "gen_ai.usage.output_tokens",
					"2", "gen_ai.response.finish_reasons", "end_turn", "arcllm.outcome", "completed"));
			assertThat(attempts.get(0).getContextualName()).isEqualTo("chat claude-x");
		});
	}

	@Test
	void callIsInsideTheObservationOfTheThreadThatAsks() {
		this.anthropic.enqueue(json(200, ANSWER));
		runner().run((context) -> {
			Observation outer = Observation.start("outer", context.getBean(ObservationRegistry.class));
			outer.scoped(() -> context.getBean(LlmProvider.class).invoke("Hi"));
			outer.stop();
			assertThat(parent(context.getBean(Recording.class).one("arcllm.call"))).isSameAs(outer.getContextView());
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "limited" })
	void callIsInsideItAlsoWhereReactorPropagatesIt(String propagation) {
		this.anthropic.enqueue(json(200, ANSWER));
		runner().withConfiguration(AutoConfigurations.of(ReactorAutoConfiguration.class))
			.withPropertyValues("spring.reactor.context-propagation=" + propagation)
			.run((context) -> {
				Observation outer = Observation.start("outer", context.getBean(ObservationRegistry.class));
				outer.scoped(() -> context.getBean(LlmProvider.class).invoke("Hi"));
				outer.stop();
				assertThat(parent(context.getBean(Recording.class).one("arcllm.call")))
					.isSameAs(outer.getContextView());
			});
	}

	@AfterEach
	void propagateNothing() {
		Hooks.disableAutomaticContextPropagation();
	}

	@Test
	void cancelledStreamEndsItsSpans() {
		this.anthropic.enqueue(new MockResponse.Builder().addHeader("content-type", "text/event-stream").chunkedBody("""
				event: message_start
				data: {"type":"message_start","message":{"id":"m","model":"claude-x","usage":{"input_tokens":3}}}

				event: content_block_start
				data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

				event: content_block_delta
				data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}

				""" + ": wait\n".repeat(10_000), 512).throttleBody(1024, 1, TimeUnit.SECONDS).build());
		runner().run((context) -> {
			StepVerifier.create(context.getBean(LlmProvider.class).stream(LlmRequest.of("Hi")))
				.expectNextMatches(LlmEvent::isContent)
				.thenCancel()
				.verify(Duration.ofSeconds(10));
			Recording recording = context.getBean(Recording.class);
			assertThat(tags(recording.one("arcllm.call"))).containsEntry("arcllm.outcome", "cancelled");
			assertThat(tags(recording.one("gen_ai.client.inference.duration"))).containsEntry("arcllm.outcome",
					"cancelled");
			assertThat(context.getBean(MeterRegistry.class)
				.get("gen_ai.client.inference.time_to_first_chunk")
				.timer()
				.count()).isOne();
		});
	}

	@Test
	void metersCountAttemptsRetriesFallbacksRejectionsAndTokens() {
		for (int i = 0; i < 2; i++) {
			this.anthropic.enqueue(json(500, "{}"));
		}
		this.openai.enqueue(json(500, "{}"));
		this.openai.enqueue(json(200, CHAT));
		chain().withPropertyValues("arcllm.modules.retry.enabled=true", "arcllm.modules.retry.backoff-base=1ms",
				"arcllm.modules.circuit-breaker.enabled=true", "arcllm.modules.circuit-breaker.consecutive-failures=1",
				"arcllm.modules.retry.max-wait=1s", "arcllm.providers.openai.modules.circuit-breaker.enabled=false")
			.run((context) -> {
				context.getBean(LlmProvider.class).invoke("Hi");
				MeterRegistry meters = context.getBean(MeterRegistry.class);
				assertThat(count(meters, "arcllm.attempts", "provider", "anthropic", "outcome", "failed")).isOne();
				assertThat(count(meters, "arcllm.attempts", "provider", "openai", "error", "server-error")).isOne();
				assertThat(count(meters, "arcllm.attempts", "provider", "openai", "outcome", "completed")).isOne();
				assertThat(count(meters, "arcllm.fallbacks", "from", "anthropic", "to", "openai")).isOne();
				assertThat(count(meters, "arcllm.retries", "provider", "openai")).isOne();
				assertThat(count(meters, "arcllm.rejections", "provider", "anthropic", "error", "circuit-open"))
					.isPositive();
				assertThat(count(meters, "arcllm.circuitbreaker.transitions", "from", "closed", "to", "open")).isOne();
				assertThat(meters.get("arcllm.circuitbreaker.state").tag("state", "open").gauge().value()).isOne();
				assertThat(meters.get("arcllm.waits").tag("provider", "openai").timer().count()).isOne();
				assertThat(meters.get("gen_ai.client.inference.operation.input_tokens")
					.tags("gen_ai.provider.name", "openai", "arcllm.provider", "openai")
					.summary()
					.totalAmount()).isEqualTo(5);
				assertThat(count(meters, "gen_ai.client.inference.usage.output_tokens", "gen_ai.provider.name",
						"openai", "gen_ai.token.modality", "unknown", "server.address", this.openai.getHostName(),
						"server.port", String.valueOf(this.openai.getPort())))
					.isEqualTo(2);
				assertThat(
						meters.get("gen_ai.client.inference.duration").tag("gen_ai.provider.name", "openai").timers())
					.hasSize(2);
				assertThat(context.getBean(Decisions.class).recent()).extracting(Decision::type)
					.contains(Decision.Type.FALLBACK, Decision.Type.RETRY, Decision.Type.SKIP, Decision.Type.BREAKER);
			});
	}

	@Test
	void tagsAreBoundedAndTellNoSecrets() {
		this.anthropic.enqueue(json(404,
				"{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\",\"message\":\"no " + CANARY + "\"}}"));
		runner().run((context) -> {
			LlmProvider provider = context.getBean(LlmProviders.class).load("anthropic/made-up-by-a-caller");
			assertThatExceptionOfType(LlmException.class).isThrownBy(() -> provider.invoke("my words"));
			String meters = context.getBean(MeterRegistry.class)
				.getMeters()
				.stream()
				.map((meter) -> meter.getId().toString())
				.collect(Collectors.joining());
			String spans = context.getBean(Recording.class).stopped.stream()
				.map((one) -> one.getContextualName() + tags(one) + one.getError())
				.collect(Collectors.joining());
			assertThat(meters).contains("other").doesNotContain("made-up", CANARY, "my words");
			assertThat(spans).contains("other").doesNotContain(CANARY, "my words");
		});
	}

	@Test
	void telemetryThatIsOffIsAbsent() {
		this.anthropic.enqueue(json(200, ANSWER));
		runner().withPropertyValues("arcllm.modules.telemetry.enabled=false").run((context) -> {
			assertThat(context.getBean(LlmProvider.class)).hasToString("Timeout(anthropic)");
			context.getBean(LlmProvider.class).invoke("Hi");
			assertThat(context.getBean(Recording.class).all("arcllm.call")).isEmpty();
			assertThat(context.getBean(MeterRegistry.class).find("arcllm.attempts").counters()).isEmpty();
		});
	}

	@Test
	void telemetryIsAbsentWithoutRegistries() {
		bare().run((context) -> assertThat(context).doesNotHaveBean("arcllmTelemetry")
			.doesNotHaveBean(Gauges.class)
			.getBean(LlmProvider.class)
			.hasToString("Timeout(anthropic)"));
	}

	@Test
	void telemetryIsPresentWithARegistry() {
		runner().run((context) -> assertThat(context).hasSingleBean(Gauges.class)
			.getBean(LlmProvider.class)
			.hasToString("Telemetry(Timeout(anthropic))"));
	}

	@Test
	void metersMayBeMissingFromTheClassPath() {
		bare().withClassLoader(new FilteredClassLoader(MeterRegistry.class))
			.withBean(ObservationRegistry.class, ObservationRegistry::create)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(Gauges.class)
				.getBean(LlmProvider.class)
				.hasToString("Telemetry(Timeout(anthropic))"));
	}

	@Test
	void nameThatWasAskedAndTargetThatAnsweredAreMetered() {
		this.openai.enqueue(json(200, CHAT));
		this.anthropic.enqueue(json(200, ANSWER));
		runner().withPropertyValues("arcllm.models.fast=openai/gpt-x").run((context) -> {
			context.getBean(LlmProviders.class).load("fast").invoke("Hi");
			context.getBean(LlmProvider.class).invoke("Hi");
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			assertThat(count(meters, "arcllm.answers", "asked", "fast", "provider", "openai", "model", "gpt-x"))
				.isOne();
			assertThat(count(meters, "arcllm.answers", "asked", "none", "provider", "anthropic", "model", "claude-x"))
				.isOne();
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void hedgesAreMeteredAndAreNoFallbacks(boolean wins) {
		this.anthropic
			.enqueue(json(200, ANSWER).newBuilder().headersDelay(wins ? 20_000 : 300, TimeUnit.MILLISECONDS).build());
		this.openai
			.enqueue(json(200, CHAT).newBuilder().headersDelay(wins ? 0 : 20_000, TimeUnit.MILLISECONDS).build());
		chain()
			.withPropertyValues("arcllm.modules.hedge.enabled=true", "arcllm.modules.hedge.until-known=50ms",
					"arcllm.modules.hedge.burst=3", "arcllm.modules.streams.upstream=always")
			.run((context) -> {
				context.getBean(LlmProvider.class).invoke("Hi");
				MeterRegistry meters = context.getBean(MeterRegistry.class);
				assertThat(count(meters, "arcllm.hedges", "provider", "openai", "model", "gpt-x", "outcome",
						wins ? "completed" : "cancelled"))
					.isOne();
				assertThat(meters.find("arcllm.fallbacks").counter()).isNull();
			});
	}

	private static MockResponse json(int status, String body) {
		return new MockResponse.Builder().code(status).addHeader("content-type", "application/json").body(body).build();
	}

	private static double count(MeterRegistry meters, String name, String... tags) {
		return meters.get(name).tags(tags).counter().count();
	}

	private static Object parent(Observation.Context context) {
		return Objects.requireNonNull(context.getParentObservation()).getContextView();
	}

	private static Map<String, String> tags(Observation.Context context) {
		return context.getAllKeyValues().stream().collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
	}

	@Configuration(proxyBeanMethods = false)
	static class Recording implements ObservationHandler<Observation.Context> {

		final List<Observation.Context> stopped = new CopyOnWriteArrayList<>();

		@Bean
		MeterRegistry simple() {
			return new SimpleMeterRegistry();
		}

		@Override
		public void onStop(Observation.Context context) {
			this.stopped.add(context);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

		List<Observation.Context> all(String name) {
			return this.stopped.stream().filter((one) -> name.equals(one.getName())).toList();
		}

		Observation.Context one(String name) {
			assertThat(all(name)).hasSize(1);
			return all(name).get(0);
		}

	}

}
