package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.function.Supplier;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import io.arcllm.Trail;
import io.arcllm.autoconfigure.actuator.CircuitBreakerStateChanged;
import io.arcllm.module.CallListener;
import io.arcllm.module.circuitbreaker.BreakerListener;
import io.arcllm.module.telemetry.LlmObservationContext;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.ObservationHandler;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.test.StepVerifier;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Hooks of the application that throw change nothing.
 */
@ExtendWith(OutputCaptureExtension.class)
class HooksThatThrowTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final String FAIL = "be overloaded";

	private static final String WHOLE = """
			{"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"finish_reason":"stop",
			"message":{"role":"assistant","content":"Hi"}}],"usage":{"prompt_tokens":5,"completion_tokens":2}}""";

	private static final String STREAM = """
			data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}

			data: [DONE]

			""";

	@StartStop
	final MockWebServer vendor = PromptServers.create();

	/** A hook, as the bean that it is. */
	enum Throwing {

		LISTENER_OF_ATTEMPTS(CallListener.class, () -> (CallListener) (attempt, before) -> bug()),

		LISTENER_OF_ANSWERS(CallListener.class, () -> new CallListener() {

			@Override
			public void ended(Attempt attempt, Trail before) {
			}

			@Override
			public void answered(LlmResponse response) {
				bug();
			}

		}),

		METER_FILTER(MeterFilter.class, () -> new MeterFilter() {

			@Override
			public Meter.Id map(Meter.Id id) {
				if (id.getName().startsWith("arcllm.")) {
					bug();
				}
				return id;
			}

		}),

		START_OF_OBSERVATION(ObservationHandler.class, () -> new OurObservations() {

			@Override
			public void onStart(Observation.Context context) {
				bug();
			}

		}),

		STOP_OF_OBSERVATION(ObservationHandler.class, () -> new OurObservations() {

			@Override
			public void onStop(Observation.Context context) {
				bug();
			}

		}),

		ERROR_OF_OBSERVATION(ObservationHandler.class, () -> new OurObservations() {

			@Override
			public void onError(Observation.Context context) {
				bug();
			}

		}),

		OBSERVATION_FILTER(ObservationFilter.class, () -> (ObservationFilter) (context) -> {
			if (context instanceof LlmObservationContext) {
				bug();
			}
			return context;
		}),

		BREAKER_LISTENER(BreakerListener.class, () -> (BreakerListener) (target, from, to, openFor) -> bug()),

		EVENT_LISTENER(BreakerEvents.class, BreakerEvents::new);

		private final Class<?> type;

		private final Supplier<?> bean;

		<T> Throwing(Class<T> type, Supplier<? extends T> bean) {
			this.type = type;
			this.bean = bean;
		}

		@SuppressWarnings({ "unchecked", "rawtypes" })
		void register(GenericApplicationContext context) {
			context.registerBean("throwing", (Class) this.type, (Supplier) this.bean);
		}

	}

	private abstract static class OurObservations implements ObservationHandler<Observation.Context> {

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof LlmObservationContext;
		}

	}

	static final class BreakerEvents
			implements ApplicationListener<PayloadApplicationEvent<CircuitBreakerStateChanged>> {

		@Override
		public void onApplicationEvent(PayloadApplicationEvent<CircuitBreakerStateChanged> event) {
			bug();
		}

	}

	private static void bug() {
		throw new IllegalStateException("a bug in the application's hook");
	}

	private ApplicationContextRunner runner(Throwing hook) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, ArcllmCircuitBreakerAutoConfiguration.class,
					ArcllmTelemetryAutoConfiguration.class, ArcllmActuatorAutoConfiguration.class,
					WebClientAutoConfiguration.class, SslAutoConfiguration.class, MetricsAutoConfiguration.class,
					CompositeMeterRegistryAutoConfiguration.class, ObservationAutoConfiguration.class))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withInitializer((context) -> hook.register((GenericApplicationContext) context))
			.withPropertyValues("arcllm.providers.v.type=openai",
					"arcllm.providers.v.base-url=" + this.vendor.url("/v1"),
					"arcllm.providers.v.api-key=a-key-of-the-test", "arcllm.providers.v.model=m", "arcllm.deadline=15s",
					"arcllm.modules.bulkhead.enabled=true", "arcllm.modules.bulkhead.max-concurrent=1",
					"arcllm.modules.bulkhead.max-queue=0", "arcllm.modules.circuit-breaker.enabled=true",
					"arcllm.modules.circuit-breaker.consecutive-failures=2");
	}

	@ParameterizedTest
	@EnumSource
	void changesNothingAndIsLoggedOnce(Throwing hook, CapturedOutput output) {
		runner(hook).run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			for (boolean streaming : new boolean[] { false, true }) {
				answered(llm, streaming);
				cancelled(llm, streaming);
				failed(llm, streaming);
				answered(llm, streaming);
			}
			failed(llm, true);
			failed(llm, false);
		});
		String said = "threw an exception, which changes nothing";
		// calls, gauges and breakers write meters by themselves
		int most = (hook == Throwing.METER_FILTER) ? 4 : 1;
		assertThat(output.toString().split(said, -1).length - 1).isBetween(1, most);
	}

	@BeforeEach
	void answer() {
		this.vendor.setDispatcher(new Dispatcher() {

			@Override
			public MockResponse dispatch(RecordedRequest request) {
				String body = request.getBody().utf8();
				boolean streaming = body.contains("\"stream\":true");
				return body.contains(FAIL) ? new MockResponse.Builder().code(503).body("{}").build()
						: new MockResponse.Builder()
							.addHeader("content-type", streaming ? "text/event-stream" : "application/json")
							.body(streaming ? STREAM : WHOLE)
							.build();
			}

		});
	}

	private static void answered(LlmProvider llm, boolean streaming) {
		LlmRequest request = LlmRequest.of("Hi").withStreaming(streaming);
		StepVerifier.create(llm.exchange(request).filter((event) -> event.answer() != null))
			.assertNext((event) -> assertThat(((LlmEvent.Completed) event).response().text()).isEqualTo("Hi"))
			.expectComplete()
			.verify(LIMIT);
	}

	private static void failed(LlmProvider llm, boolean streaming) {
		LlmRequest request = LlmRequest.of(FAIL).withStreaming(streaming);
		LlmException failure = catchThrowableOfType(LlmException.class, () -> llm.exchange(request).blockLast(LIMIT));
		assertThat(failure.kind()).isEqualTo(ErrorKind.OVERLOADED);
		assertThat(failure.trail().attempts()).isNotEmpty();
	}

	private static void cancelled(LlmProvider llm, boolean streaming) {
		llm.exchange(LlmRequest.of("Hi").withStreaming(streaming)).subscribe().dispose();
	}

}
