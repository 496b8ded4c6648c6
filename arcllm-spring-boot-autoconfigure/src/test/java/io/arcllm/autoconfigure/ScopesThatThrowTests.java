package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.PromptServers;
import io.arcllm.Trail;
import io.arcllm.module.CallListener;
import io.arcllm.module.telemetry.LlmObservationContext;
import io.micrometer.context.ContextRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.netty.util.concurrent.EventExecutor;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Hooks;
import reactor.netty.http.HttpResources;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.WebClientObservationAutoConfiguration;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.function.client.ClientRequestObservationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Handlers that throw when they are told that a scope opens or closes: the call ends as
 * it would have, and no thread is left with a scope that is not its own.
 */
@ExtendWith(OutputCaptureExtension.class)
class ScopesThatThrowTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final String FAIL = "be overloaded";

	private static final String WHOLE = """
			{"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"finish_reason":"stop",
			"message":{"role":"assistant","content":"Hi"}}],"usage":{"prompt_tokens":5,"completion_tokens":2}}""";

	private static final String STREAM = """
			data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}

			data: [DONE]

			""";

	/** What throws. */
	private enum When {

		NEVER, OPENED, CLOSED, BOTH

	}

	private final ObservationRegistry threads = ObservationRegistry.create();

	private final AtomicInteger thrown = new AtomicInteger();

	private final List<Attempt> attempts = new CopyOnWriteArrayList<>();

	private final Tracer first = new Tracer(Ordered.HIGHEST_PRECEDENCE);

	private final Tracer last = new Tracer(Ordered.LOWEST_PRECEDENCE);

	@StartStop
	final MockWebServer vendor = PromptServers.create();

	static Stream<Arguments> hooks() {
		return Stream.of(When.values())
			.flatMap((when) -> Stream
				.<Class<?>>of(LlmObservationContext.class, ClientRequestObservationContext.class,
						Observation.Context.class)
				.flatMap((of) -> Stream.of(false, true).map((automatic) -> Arguments.of(when, of, automatic))));
	}

	/** So that each start guards it anew, and logs anew. */
	@BeforeEach
	void haveMicrometersAccessor() {
		ContextRegistry.getInstance().registerThreadLocalAccessor(ObservationThreadLocalAccessor.getInstance());
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

	@AfterEach
	void propagateNothing() {
		Hooks.disableAutomaticContextPropagation();
		this.threads.setCurrentObservationScope(null);
	}

	@ParameterizedTest
	@MethodSource("hooks")
	void changeNothing(When when, Class<?> observed, boolean automatic, CapturedOutput output) throws Exception {
		if (automatic) {
			Hooks.enableAutomaticContextPropagation();
		}
		runner(when, observed).run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			for (boolean streaming : new boolean[] { false, true }) {
				answered(llm, streaming);
				failed(llm, streaming);
				llm.exchange(LlmRequest.of("Hi").withStreaming(streaming)).subscribe().dispose();
				answered(llm, streaming);
				assertThat(this.threads.getCurrentObservationScope()).isNull();
				assertThat(this.first.current()).isNull();
			}
		});
		assertThat(this.attempts).extracting(Attempt::error)
			.filteredOn((kind) -> kind != ErrorKind.CANCELLED)
			.containsOnly(null, ErrorKind.OVERLOADED);
		for (EventExecutor loop : HttpResources.get().onClient(true)) {
			assertThat(loop.submit(this.threads::getCurrentObservationScope).get(20, TimeUnit.SECONDS)).isNull();
			assertThat(loop.submit(this.first::current).get(20, TimeUnit.SECONDS)).isNull();
			assertThat(loop.submit(this.last::current).get(20, TimeUnit.SECONDS)).isNull();
		}
		if (this.thrown.get() > 0) {
			assertThat(output.toString().split("threw an exception, which changes nothing", -1)).hasSize(2);
		}
		assertThat(output).doesNotContain("onErrorDropped");
	}

	/** A tracer's thread locals are its own: no registry knows of them. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void tracerHasTheCallersSpanAgain(boolean automatic) {
		if (automatic) {
			Hooks.enableAutomaticContextPropagation();
		}
		runner(When.CLOSED, LlmObservationContext.class).run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			Observation outer = Observation.start("outer", context.getBean(ObservationRegistry.class));
			try (Observation.Scope scope = outer.openScope()) {
				for (boolean streaming : new boolean[] { false, true }) {
					answered(llm, streaming);
					failed(llm, streaming);
					llm.exchange(LlmRequest.of("Hi").withStreaming(streaming)).subscribe().dispose();
					assertThat(this.threads.getCurrentObservationScope()).isSameAs(scope);
					assertThat(this.first.current()).isSameAs(outer.getContext());
					assertThat(this.last.current()).isSameAs(outer.getContext());
				}
			}
			assertThat(this.first.current()).isNull();
			assertThat(this.last.current()).isNull();
		});
	}

	private ApplicationContextRunner runner(When when, Class<?> observed) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, ArcllmTelemetryAutoConfiguration.class,
					WebClientObservationAutoConfiguration.class, WebClientAutoConfiguration.class,
					SslAutoConfiguration.class, MetricsAutoConfiguration.class,
					CompositeMeterRegistryAutoConfiguration.class, ObservationAutoConfiguration.class))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean("first", ObservationHandler.class, () -> this.first)
			.withBean("throwing", ObservationHandler.class, () -> handler(when, observed))
			.withBean("last", ObservationHandler.class, () -> this.last)
			.withBean(CallListener.class, this::listener)
			.withPropertyValues("arcllm.providers.v.type=openai",
					"arcllm.providers.v.base-url=" + this.vendor.url("/v1"), "arcllm.providers.v.model=m");
	}

	private CallListener listener() {
		return (Attempt attempt, Trail before) -> this.attempts.add(attempt);
	}

	private ObservationHandler<Observation.Context> handler(When when, Class<?> observed) {
		return new ObservationHandler<>() {

			@Override
			public boolean supportsContext(Observation.Context context) {
				return observed.isInstance(context);
			}

			@Override
			public void onScopeOpened(Observation.Context context) {
				fail(When.OPENED);
			}

			@Override
			public void onScopeClosed(Observation.Context context) {
				fail(When.CLOSED);
			}

			private void fail(When now) {
				if (when == now || when == When.BOTH) {
					ScopesThatThrowTests.this.thrown.incrementAndGet();
					throw new IllegalStateException("a bug in the application's hook");
				}
			}

		};
	}

	/**
	 * Keeps a context for each thread, as tracers do.
	 */
	private static final class Tracer implements ObservationHandler<Observation.Context>, Ordered {

		private final ThreadLocal<Observation.Context> current = new ThreadLocal<>();

		private final Map<String, Deque<Optional<Observation.Context>>> before = new ConcurrentHashMap<>();

		private final int order;

		Tracer(int order) {
			this.order = order;
		}

		Observation.Context current() {
			return this.current.get();
		}

		@Override
		public int getOrder() {
			return this.order;
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

		@Override
		public void onScopeOpened(Observation.Context context) {
			this.before.computeIfAbsent(place(context), (place) -> new ArrayDeque<>())
				.push(Optional.ofNullable(this.current.get()));
			this.current.set(context);
		}

		@Override
		public void onScopeClosed(Observation.Context context) {
			Deque<Optional<Observation.Context>> before = this.before.get(place(context));
			if (before != null && !before.isEmpty()) {
				this.current.set(before.pop().orElse(null));
			}
		}

		private static String place(Observation.Context context) {
			return Thread.currentThread() + "/" + System.identityHashCode(context);
		}

		@Override
		public void onScopeReset(Observation.Context context) {
			this.current.remove();
		}

	}

	private static void answered(LlmProvider llm, boolean streaming) {
		LlmEvent last = llm.exchange(LlmRequest.of("Hi").withStreaming(streaming)).blockLast(LIMIT);
		assertThat(last).isInstanceOf(LlmEvent.Completed.class);
	}

	private static void failed(LlmProvider llm, boolean streaming) {
		LlmException failure = catchThrowableOfType(LlmException.class,
				() -> llm.exchange(LlmRequest.of(FAIL).withStreaming(streaming)).blockLast(LIMIT));
		assertThat(failure.kind()).isEqualTo(ErrorKind.OVERLOADED);
	}

}
