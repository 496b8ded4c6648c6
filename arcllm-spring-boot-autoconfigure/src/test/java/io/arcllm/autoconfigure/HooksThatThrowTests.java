package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import io.arcllm.Attempt;
import io.arcllm.AuditSink;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import io.arcllm.Trail;
import io.arcllm.autoconfigure.actuator.CircuitBreakerStateChanged;
import io.arcllm.autoconfigure.stack.LlmWebClientCustomizer;
import io.arcllm.module.CallListener;
import io.arcllm.module.circuitbreaker.BreakerListener;
import io.arcllm.module.circuitbreaker.CircuitBreakerCustomizer;
import io.arcllm.module.ratelimit.RateLimitCustomizer;
import io.arcllm.module.telemetry.LlmObservationContext;
import io.arcllm.provider.error.DefaultErrorClassifier;
import io.arcllm.provider.error.ErrorClassifier;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationPredicate;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.WebClientObservationAutoConfiguration;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.web.reactive.function.client.ClientRequestObservationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Hooks of the application that throw change nothing.
 */
@ExtendWith(OutputCaptureExtension.class)
class HooksThatThrowTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final String FAIL = "be overloaded";

	private static final String LONG = "say a lot";

	private static final String QUESTION = "Hi from ann@example.org";

	private static final String WHOLE = """
			{"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"finish_reason":"stop",
			"message":{"role":"assistant","content":"Hi"}}],"usage":{"prompt_tokens":5,"completion_tokens":2}}""";

	private static final String STREAM = """
			data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}

			data: [DONE]

			""";

	private final AtomicInteger thrown = new AtomicInteger();

	@StartStop
	final MockWebServer vendor = PromptServers.create();

	/** A hook, as the bean that it is, with the bug that it has. */
	enum Throwing {

		LISTENER_OF_ATTEMPTS(CallListener.class, (bug) -> (CallListener) (attempt, before) -> bug.run()),

		LISTENER_OF_ANSWERS(CallListener.class, (bug) -> new CallListener() {

			@Override
			public void ended(Attempt attempt, Trail before) {
			}

			@Override
			public void answered(LlmResponse response) {
				bug.run();
			}

		}),

		METER_FILTER(MeterFilter.class, (bug) -> filterOf("arcllm.", bug)),

		METER_FILTER_OF_HTTP(MeterFilter.class, (bug) -> filterOf("http.client.requests", bug)),

		START_OF_OBSERVATION(ObservationHandler.class, (bug) -> handler(LlmObservationContext.class, "start", bug)),

		STOP_OF_OBSERVATION(ObservationHandler.class, (bug) -> handler(LlmObservationContext.class, "stop", bug)),

		ERROR_OF_OBSERVATION(ObservationHandler.class, (bug) -> handler(LlmObservationContext.class, "error", bug)),

		START_OF_HTTP(ObservationHandler.class, (bug) -> handler(ClientRequestObservationContext.class, "start", bug)),

		STOP_OF_HTTP(ObservationHandler.class, (bug) -> handler(ClientRequestObservationContext.class, "stop", bug)),

		ERROR_OF_HTTP(ObservationHandler.class, (bug) -> handler(ClientRequestObservationContext.class, "error", bug)),

		OBSERVATION_FILTER(ObservationFilter.class, (bug) -> (ObservationFilter) (context) -> {
			bug.run();
			return context;
		}),

		OBSERVATION_PREDICATE(ObservationPredicate.class, (bug) -> (ObservationPredicate) (name, context) -> {
			bug.run();
			return true;
		}),

		CONVENTION(GlobalObservationConvention.class, (bug) -> new BrokenConvention(bug)),

		BREAKER_LISTENER(BreakerListener.class, (bug) -> (BreakerListener) (target, from, to, openFor) -> bug.run()),

		EVENT_LISTENER(BreakerEvents.class, BreakerEvents::new),

		CUSTOMIZER_OF_BREAKERS(CircuitBreakerCustomizer.class,
				(bug) -> (CircuitBreakerCustomizer) (target, config) -> bug.run()),

		CUSTOMIZER_OF_LIMITS(RateLimitCustomizer.class,
				(bug) -> (RateLimitCustomizer) (target, measure, bucket) -> bug.run()),

		CUSTOMIZER_OF_CLIENTS(LlmWebClientCustomizer.class,
				(bug) -> (LlmWebClientCustomizer) (provider, builder) -> bug.run()),

		SINK_OF_RECORDS(AuditSink.class, (bug) -> (AuditSink) (record) -> bug.run()),

		CLASSIFIER(ErrorClassifier.class, (bug) -> (ErrorClassifier) (error) -> {
			bug.run();
			return new DefaultErrorClassifier().classify(error);
		});

		private final Class<?> type;

		private final Function<Runnable, ?> bean;

		<T> Throwing(Class<T> type, Function<Runnable, ? extends T> bean) {
			this.type = type;
			this.bean = bean;
		}

		@SuppressWarnings({ "unchecked", "rawtypes" })
		void register(GenericApplicationContext context, Runnable bug) {
			context.registerBean("throwing", (Class) this.type, () -> this.bean.apply(bug));
		}

	}

	private static MeterFilter filterOf(String meters, Runnable bug) {
		return new MeterFilter() {

			@Override
			public Meter.Id map(Meter.Id id) {
				if (id.getName().startsWith(meters)) {
					bug.run();
				}
				return id;
			}

		};
	}

	private static ObservationHandler<Observation.Context> handler(Class<?> observed, String when, Runnable bug) {
		return new ObservationHandler<>() {

			@Override
			public boolean supportsContext(Observation.Context context) {
				return observed.isInstance(context);
			}

			@Override
			public void onStart(Observation.Context context) {
				fail("start");
			}

			@Override
			public void onStop(Observation.Context context) {
				fail("stop");
			}

			@Override
			public void onError(Observation.Context context) {
				fail("error");
			}

			private void fail(String now) {
				if (now.equals(when)) {
					bug.run();
				}
			}

		};
	}

	static final class BrokenConvention implements GlobalObservationConvention<Observation.Context> {

		private final Runnable bug;

		BrokenConvention(Runnable bug) {
			this.bug = bug;
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

		@Override
		public KeyValues getLowCardinalityKeyValues(Observation.Context context) {
			this.bug.run();
			return KeyValues.empty();
		}

	}

	static final class BreakerEvents
			implements ApplicationListener<PayloadApplicationEvent<CircuitBreakerStateChanged>> {

		private final Runnable bug;

		BreakerEvents(Runnable bug) {
			this.bug = bug;
		}

		@Override
		public void onApplicationEvent(PayloadApplicationEvent<CircuitBreakerStateChanged> event) {
			this.bug.run();
		}

	}

	/** Throws as often as it is armed. */
	private final class Bug implements Runnable {

		private final AtomicInteger left = new AtomicInteger();

		@Override
		public void run() {
			if (this.left.getAndUpdate((now) -> (now > 0) ? now - 1 : now) != 0) {
				HooksThatThrowTests.this.thrown.incrementAndGet();
				throw new IllegalStateException("a bug in the application's hook");
			}
		}

	}

	private ApplicationContextRunner runner(Throwing hook, Bug bug) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, ArcllmCircuitBreakerAutoConfiguration.class,
					ArcllmRateLimitAutoConfiguration.class, ArcllmAuditAutoConfiguration.class,
					ArcllmRedactionAutoConfiguration.class, ArcllmBudgetAutoConfiguration.class,
					WebClientObservationAutoConfiguration.class, ArcllmTelemetryAutoConfiguration.class,
					ArcllmActuatorAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class,
					MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
					ObservationAutoConfiguration.class))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withInitializer((context) -> hook.register((GenericApplicationContext) context, bug))
			.withPropertyValues("arcllm.providers.v.type=openai",
					"arcllm.providers.v.base-url=" + this.vendor.url("/v1"),
					"arcllm.providers.v.api-key=a-key-of-the-test", "arcllm.providers.v.model=m", "arcllm.deadline=15s",
					"arcllm.modules.bulkhead.enabled=true", "arcllm.modules.bulkhead.max-concurrent=1",
					"arcllm.modules.bulkhead.max-queue=0", "arcllm.modules.audit.enabled=true",
					"arcllm.modules.rate-limit.enabled=true", "arcllm.modules.rate-limit.requests-per-minute=10000",
					"arcllm.modules.redaction.enabled=true", "arcllm.modules.budget.enabled=true",
					"arcllm.modules.budget.limits[0].window=month", "arcllm.modules.budget.limits[0].amount=500",
					"arcllm.providers.v.models[0].name=m", "arcllm.providers.v.models[0].price.input=1",
					"arcllm.providers.v.models[0].price.output=1", "arcllm.modules.circuit-breaker.enabled=true",
					"arcllm.modules.circuit-breaker.consecutive-failures=2");
	}

	@ParameterizedTest
	@EnumSource
	void changesNothingAndIsLoggedOnce(Throwing hook, CapturedOutput output) {
		Bug bug = new Bug();
		bug.left.set(-1);
		runner(hook, bug).run((context) -> {
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
		if (hook == Throwing.ERROR_OF_HTTP) {
			// a status is an answer; see the test below
			return;
		}
		assertThat(this.thrown).hasPositiveValue();
		String said = "threw an exception, which changes nothing";
		// calls, gauges and breakers write meters by themselves, and observe
		int most = switch (hook) {
			case METER_FILTER -> 8;
			case OBSERVATION_FILTER, OBSERVATION_PREDICATE, CONVENTION -> 2;
			default -> 1;
		};
		if (hook != Throwing.SINK_OF_RECORDS) {
			assertThat(output.toString().split(said, -1).length - 1).isBetween(1, most);
		}
		assertThat(output).doesNotContain("onErrorDropped");
	}

	/** On success, failure and cancel: a lost place would refuse the calls after it. */
	@ParameterizedTest
	@EnumSource
	void changesNothingWhereItThrowsOnce(Throwing hook) {
		Bug bug = new Bug();
		runner(hook, bug).run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			for (boolean streaming : new boolean[] { false, true }) {
				bug.left.set(1);
				answered(llm, streaming);
				answered(llm, streaming);
				bug.left.set(1);
				failed(llm, streaming);
				answered(llm, streaming);
				bug.left.set(1);
				cancelled(llm, streaming);
				answered(llm, streaming);
			}
		});
	}

	/** The client's own observation hears of what the network does. */
	@ParameterizedTest
	@EnumSource(names = { "START_OF_HTTP", "STOP_OF_HTTP", "ERROR_OF_HTTP" })
	void networkFailureStaysOne(Throwing hook, CapturedOutput output) {
		Bug bug = new Bug();
		bug.left.set(-1);
		runner(hook, bug).withPropertyValues("arcllm.providers.v.base-url=http://127.0.0.1:1/v1").run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			for (boolean streaming : new boolean[] { false, true }) {
				LlmException failure = catchThrowableOfType(LlmException.class,
						() -> llm.exchange(LlmRequest.of(QUESTION).withStreaming(streaming)).blockLast(LIMIT));
				assertThat(failure.kind()).isEqualTo(ErrorKind.NETWORK);
				assertThat(failure.trail().attempts()).hasSize(1);
			}
		});
		assertThat(this.thrown).hasPositiveValue();
		assertThat(output.toString().split("threw an exception, which changes nothing", -1))
			.hasSizeLessThanOrEqualTo(2);
	}

	/** The client then reads a body that is cancelled: that is no hook's doing. */
	@ParameterizedTest
	@CsvSource({ "false, false", "false, true", "true, false", "true, true" })
	void bodyThatIsLostIsNoFailureOfAHook(boolean cancelled, boolean streaming, CapturedOutput output) {
		Sinks.Empty<Void> gone = Sinks.empty();
		Bug bug = new Bug();
		runner(Throwing.STOP_OF_HTTP, bug).withBean(WebClientCustomizer.class,
				() -> (builder) -> builder.filter((request, next) -> next.exchange(request).doOnNext((answer) -> {
					if (cancelled) {
						gone.tryEmitEmpty();
					}
				})))
			.withPropertyValues("arcllm.providers.v.http.max-response-size=1KB")
			.run((context) -> {
				Flux<LlmEvent> answer = context.getBean(LlmProvider.class)
					.exchange(LlmRequest.of(LONG).withStreaming(streaming));
				StepVerifier.FirstStep<LlmEvent> step = StepVerifier.create(answer.takeUntilOther(gone.asMono()));
				if (cancelled) {
					step.expectComplete().verify(LIMIT);
				}
				else {
					step.thenConsumeWhile((event) -> true).expectError(LlmException.class).verify(LIMIT);
				}
			});
		assertThat(this.thrown).hasValue(0);
		assertThat(output).doesNotContain("threw an exception").doesNotContain("onErrorDropped");
	}

	@BeforeEach
	void answer() {
		this.vendor.setDispatcher(new Dispatcher() {

			@Override
			public MockResponse dispatch(RecordedRequest request) {
				String body = request.getBody().utf8();
				boolean streaming = body.contains("\"stream\":true");
				if (body.contains(LONG)) {
					return new MockResponse.Builder()
						.addHeader("content-type", streaming ? "text/event-stream" : "application/json")
						.body((streaming ? STREAM : WHOLE).replace("Hi", "Hi".repeat(100_000)))
						.build();
				}
				return body.contains(FAIL) ? new MockResponse.Builder().code(503).body("{}").build()
						: new MockResponse.Builder()
							.addHeader("content-type", streaming ? "text/event-stream" : "application/json")
							.body(streaming ? STREAM : WHOLE)
							.build();
			}

		});
	}

	private static void answered(LlmProvider llm, boolean streaming) {
		LlmRequest request = LlmRequest.of(QUESTION).withStreaming(streaming);
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
		llm.exchange(LlmRequest.of(QUESTION).withStreaming(streaming)).subscribe().dispose();
	}

}
