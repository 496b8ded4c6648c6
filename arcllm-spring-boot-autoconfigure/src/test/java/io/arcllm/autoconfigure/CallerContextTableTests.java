package io.arcllm.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.arcllm.Attempt;
import io.arcllm.AuditSink;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.LlmTool;
import io.arcllm.PiiDetector;
import io.arcllm.RequestMetadata;
import io.arcllm.RequestMetadataResolver;
import io.arcllm.ToolCall;
import io.arcllm.ToolLoop;
import io.arcllm.Trail;
import io.arcllm.autoconfigure.actuator.CircuitBreakerStateChanged;
import io.arcllm.autoconfigure.stack.LlmWebClientCustomizer;
import io.arcllm.autoconfigure.stack.ShutdownLifecycle;
import io.arcllm.module.CallListener;
import io.arcllm.module.budget.BudgetWarning;
import io.arcllm.provider.error.DefaultErrorClassifier;
import io.arcllm.provider.error.ErrorClassifier;
import io.arcllm.provider.key.ApiKeySupplier;
import io.micrometer.context.ContextRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A table: each piece of the application's code, and each of our log lines, sees the
 * caller's MDC and trace, whichever thread the call was made on and whichever attempt it
 * is part of.
 */
@Timeout(60)
class CallerContextTableTests {

	private static final String KEY = "caller-context-table";

	private static final String TRACE = "caller-context-table-trace";

	/** Starts a virtual thread; {@code null} before Java 21. */
	private static final Method VIRTUAL = Arrays.stream(Thread.class.getMethods())
		.filter((method) -> method.getName().equals("startVirtualThread"))
		.findFirst()
		.orElse(null);

	/** Where a call comes from. */
	enum From {

		PLATFORM_THREAD, VIRTUAL_THREAD, EVENT_LOOP, MVC, MVC_ON_VIRTUAL_THREADS, WEBFLUX;

		boolean isVirtual() {
			return this == VIRTUAL_THREAD || this == MVC_ON_VIRTUAL_THREADS;
		}

		boolean isReactive() {
			return this == EVENT_LOOP || this == WEBFLUX;
		}

		boolean isServer() {
			return ordinal() >= MVC.ordinal();
		}

	}

	/** Real servers, each started when it is first needed. */
	private static final Map<From, ContextServer> SERVERS = new EnumMap<>(From.class);

	@AfterAll
	static void stopServers() {
		SERVERS.values().forEach(ContextServer::close);
		SERVERS.clear();
	}

	private static ContextServer server(From from) {
		return SERVERS.computeIfAbsent(from, (one) -> (one == From.WEBFLUX) ? ContextServer.webFlux()
				: ContextServer.mvc(one == From.MVC_ON_VIRTUAL_THREADS));
	}

	private final Map<String, List<String>> seen = new ConcurrentHashMap<>();

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.arcllm");

	private final ObservationRegistry observations = ObservationRegistry.create();

	@AutoClose
	private final Vendors vendors = new Vendors();

	@BeforeEach
	void start() {
		this.observations.observationConfig().observationHandler(new TraceIds(TRACE));
		this.lines.start();
		this.logger.addAppender(this.lines);
	}

	@AfterEach
	void forget() {
		this.logger.detachAppender(this.lines);
		ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
	}

	static Stream<Arguments> calls() {
		return Arrays.stream(From.values())
			.filter((from) -> !from.isVirtual() || VIRTUAL != null)
			.flatMap((from) -> Stream.of(Arguments.of(from, false), Arguments.of(from, true)));
	}

	@ParameterizedTest(name = "{0}, streamed: {1}")
	@MethodSource("calls")
	void isThereAtTheFirstAttemptAndTheRetry(From from, boolean streaming) {
		this.vendors.first
			.enqueue(Vendors.json(429, "{\"error\":{\"message\":\"no\"}}").addHeader("retry-after-ms", "1").build());
		this.vendors.first.enqueue(says(streaming));
		runner().withPropertyValues("arcllm.modules.retry.enabled=true", "arcllm.modules.circuit-breaker.enabled=true")
			.run((context) -> {
				ask(context.getBean(LlmProvider.class), from, streaming);
				await().until(() -> this.seen.containsKey("audit"));
				assertAllSaw("audit", "budget", "classifier", "filter", "key", "listener", "answered", "resolver");
				assertThat(this.seen.get("filter")).hasSize(2);
				assertLines("is left alone for", "asking again in", "Of the budget");
			});
	}

	@ParameterizedTest(name = "{0}, streamed: {1}")
	@MethodSource("calls")
	void isThereAtTheHopAndWhereABreakerOpens(From from, boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("500"));
		runner().withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=own",
				"arcllm.modules.circuit-breaker.enabled=true", "arcllm.modules.circuit-breaker.consecutive-failures=1")
			.run((context) -> {
				ask(context.getBean(LlmProvider.class), from, streaming);
				await().until(() -> this.seen.containsKey("audit"));
				assertAllSaw("audit", "breaker", "classifier", "filter", "function", "key", "listener", "answered",
						"resolver");
				assertLines("changed: closed -> open", "asking own");
			});
	}

	@ParameterizedTest(name = "{0}, streamed: {1}")
	@MethodSource("calls")
	void isThereAtTheHedge(From from, boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("silence"));
		runner()
			.withPropertyValues("arcllm.modules.hedge.enabled=true", "arcllm.modules.hedge.after=300ms",
					"arcllm.modules.hedge.burst=1", "arcllm.modules.streams.upstream=always",
					"arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=own")
			.run((context) -> {
				ask(context.getBean(LlmProvider.class), from, streaming);
				await().until(() -> this.seen.containsKey("audit"));
				assertAllSaw("audit", "filter", "function", "key", "listener", "answered", "resolver");
				assertLines("has been silent for");
			});
	}

	@ParameterizedTest(name = "{0}, streamed: {1}")
	@MethodSource("calls")
	void isThereAfterAWaitInAQueueAndIsThatOfNoOther(From from, boolean streaming) {
		CompletableFuture<Void> entered = new CompletableFuture<>();
		CompletableFuture<Void> left = new CompletableFuture<>();
		LlmProvider gated = LlmProvider.of("gated", (request) -> {
			see("function");
			entered.complete(null);
			left.join();
			return LlmResponse.of("Hi");
		});
		runner().withBean("gated", LlmProvider.class, () -> gated)
			.withPropertyValues("arcllm.modules.bulkhead.enabled=true", "arcllm.modules.bulkhead.max-concurrent=1")
			.run((context) -> {
				LlmProvider provider = context.getBean(LlmProviders.class).load("gated");
				CompletableFuture<Void> first = CompletableFuture.runAsync(() -> ask(provider, from, streaming));
				entered.orTimeout(30, TimeUnit.SECONDS).join();
				CompletableFuture<?> second = provider.exchange(LlmRequest.of("hi")).last().toFuture();
				CompletableFuture<Void> third = CompletableFuture.runAsync(() -> ask(provider, from, streaming));
				left.complete(null);
				CompletableFuture.allOf(first, second, third).orTimeout(30, TimeUnit.SECONDS).join();
				assertThat(this.seen.get("function")).hasSize(3);
				for (String what : List.of("function", "listener", "answered", "resolver")) {
					assertThat(this.seen.get(what)).as(what)
						.hasSize(3)
						.satisfiesOnlyOnce((one) -> assertThat(one).startsWith("null/").doesNotContain(trace()))
						.filteredOn((one) -> one.equals("caller/" + trace()))
						.hasSize(2);
				}
			});
	}

	@ParameterizedTest
	@EnumSource(names = { "PLATFORM_THREAD", "VIRTUAL_THREAD" })
	void isThereInToolsAlsoInSeveralAtOnce(From from) {
		assumeTrue(from != From.VIRTUAL_THREAD || VIRTUAL != null);
		LlmProvider model = LlmProvider.of("model",
				(request) -> (request.messages().size() > 1) ? LlmResponse.of("done")
						: LlmResponse.builder()
							.toolCalls(List.of(ToolCall.of("a", "look", Map.of()), ToolCall.of("b", "look", Map.of())))
							.build());
		runner().withBean("model", LlmProvider.class, () -> model).run((context) -> {
			LlmProvider loaded = context.getBean(LlmProviders.class).load("model");
			in(from, () -> ToolLoop.of(loaded).tools(new Tools()).run("look twice"));
			assertThat(this.seen.get("tool")).hasSize(2);
			await().until(() -> this.seen.containsKey("audit"));
			assertAllSaw("answered", "audit", "listener", "resolver", "tool");
		});
	}

	@ParameterizedTest(name = "{0}, streamed: {1}")
	@MethodSource("calls")
	void isThereInDetectorsThatAreAskedForEachDelta(From from, boolean streaming) {
		this.vendors.first.enqueue(says(streaming));
		runner().withConfiguration(AutoConfigurations.of(ArcllmRedactionAutoConfiguration.class))
			.withPropertyValues("arcllm.modules.redaction.enabled=true")
			.withBean(PiiDetector.class, () -> new PiiDetector() {

				@Override
				public String type() {
					return "own";
				}

				@Override
				public List<Span> find(CharSequence text) {
					see("detector");
					return List.of();
				}

			})
			.run((context) -> {
				ask(context.getBean(LlmProvider.class), from, streaming);
				await().until(() -> this.seen.containsKey("audit"));
				assertAllSaw("audit", "budget", "detector", "filter", "key", "listener", "answered", "resolver");
				assertThat(this.seen.get("detector")).hasSizeGreaterThan(1);
			});
	}

	@ParameterizedTest
	@EnumSource(names = { "PLATFORM_THREAD", "EVENT_LOOP" })
	void isThereInTheAuditOfCallsThatCannotBegin(From from) {
		runner().withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=own")
			.run((context) -> {
				LlmProvider wrong = (request) -> context.getBean(LlmProvider.class)
					.exchange(request.mutate().callOptions((options) -> options.chain("nope")).build());
				assertThatException().isThrownBy(() -> ask(wrong, from, false));
				context.getBean(ShutdownLifecycle.class).stop();
				assertThatException().isThrownBy(() -> ask(context.getBean(LlmProvider.class), from, false));
			});
		assertAllSaw("audit", "resolver");
		assertThat(this.seen.get("audit")).hasSize(2);
	}

	private String trace() {
		return "trace-of-" + KEY;
	}

	/** All of these and no others saw what the caller has, each time. */
	private void assertAllSaw(String... which) {
		this.seen.forEach((what, contexts) -> assertThat(contexts).as(what).containsOnly("caller/" + trace()));
		assertThat(new TreeSet<>(this.seen.keySet())).isEqualTo(new TreeSet<>(Set.of(which)));
	}

	private void assertLines(String... parts) {
		for (String part : parts) {
			assertThat(this.lines.list).filteredOn((line) -> line.getFormattedMessage().contains(part))
				.as(part)
				.isNotEmpty()
				.allSatisfy((line) -> assertThat(line.getMDCPropertyMap()).containsEntry(KEY, "caller")
					.containsEntry(TRACE, trace()));
		}
	}

	private void see(String what) {
		this.seen.computeIfAbsent(what, (key) -> new CopyOnWriteArrayList<>()).add(MDC.get(KEY) + "/" + MDC.get(TRACE));
	}

	private void ask(LlmProvider provider, From from, boolean streaming) {
		LlmRequest request = LlmRequest.of("hi").mutate().streaming(streaming).build();
		if (from.isReactive()) {
			ContextRegistry.getInstance()
				.registerThreadLocalAccessor(KEY, () -> MDC.get(KEY), (value) -> MDC.put(KEY, value),
						() -> MDC.remove(KEY));
		}
		if (from.isServer()) {
			askOverHttp(provider, from, streaming);
			return;
		}
		if (!from.isReactive()) {
			in(from, () -> Vendors.ask(provider, streaming));
			return;
		}
		Observation observation = Observation.start(trace(), this.observations);
		provider.exchange(request)
			.contextWrite((context) -> context.put(KEY, "caller").put(ObservationThreadLocalAccessor.KEY, observation))
			.subscribeOn(Schedulers.parallel())
			.blockLast();
		observation.stop();
	}

	private void askOverHttp(LlmProvider provider, From from, boolean streaming) {
		AtomicReference<String> thread = new AtomicReference<>("");
		try {
			String body = server(from).ask(new ContextServer.Asked(provider, KEY, trace(), this.observations, thread),
					streaming);
			assertThat(body).contains("Hi");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		assertThat(thread.get()).contains(switch (from) {
			case WEBFLUX -> "reactor-http";
			case MVC -> "http-nio";
			default -> "VirtualThread";
		});
	}

	/** Makes a call on a thread that has a context, and waits for it. */
	private void in(From from, Runnable call) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		Runnable task = () -> {
			MDC.put(KEY, "caller");
			try {
				Observation.createNotStarted(trace(), this.observations).observe(call);
				done.complete(null);
			}
			catch (Throwable ex) {
				done.completeExceptionally(ex);
			}
		};
		if (from == From.VIRTUAL_THREAD) {
			startVirtual(task);
		}
		else {
			new Thread(task).start();
		}
		done.orTimeout(30, TimeUnit.SECONDS).join();
	}

	private static void startVirtual(Runnable task) {
		try {
			VIRTUAL.invoke(null, task);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static MockResponse says(boolean streaming) {
		String usage = ",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":500}";
		if (!streaming) {
			return Vendors
				.json(200,
						"{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\","
								+ "\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"}}]" + usage + "}")
				.build();
		}
		return new MockResponse.Builder().addHeader("content-type", "text/event-stream")
			.body("data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},"
					+ "\"finish_reason\":\"stop\"}]" + usage + "}\n\ndata: [DONE]\n\n")
			.build();
	}

	private ApplicationContextRunner runner() {
		DefaultErrorClassifier classifier = new DefaultErrorClassifier();
		return this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(ArcllmTelemetryAutoConfiguration.class,
					ArcllmAuditAutoConfiguration.class, ArcllmBudgetAutoConfiguration.class,
					ArcllmCircuitBreakerAutoConfiguration.class, ArcllmActuatorAutoConfiguration.class))
			.withPropertyValues("arcllm.modules.audit.enabled=true", "arcllm.modules.budget.enabled=true",
					"arcllm.modules.budget.unknown-price=allow", "arcllm.modules.budget.limits[0].scope=global",
					"arcllm.modules.budget.limits[0].amount=1", "arcllm.modules.budget.limits[0].warn-at=1%",
					"arcllm.providers.first.models[0].name=m0", "arcllm.providers.first.models[0].price.input=0",
					"arcllm.providers.first.models[0].price.output=500", "arcllm.lint=off")
			.withBean(ObservationRegistry.class, () -> this.observations)
			.withBean("own", LlmProvider.class, () -> LlmProvider.of("own", (request) -> {
				see("function");
				return LlmResponse.of("Hi");
			}))
			.withBean(ErrorClassifier.class, () -> (error) -> {
				see("classifier");
				return classifier.classify(error);
			})
			.withBean(ApiKeySupplier.class, () -> (provider) -> {
				see("key");
				return "k";
			})
			.withBean(RequestMetadataResolver.class, () -> (context) -> {
				see("resolver");
				return RequestMetadata.EMPTY;
			})
			.withBean(AuditSink.class, () -> (record) -> see("audit"))
			.withBean(LlmWebClientCustomizer.class, () -> (provider, builder) -> builder.filter((request, next) -> {
				see("filter");
				return next.exchange(request);
			}))
			.withBean("breakerEvents", ApplicationListener.class,
					() -> listener(CircuitBreakerStateChanged.class, "breaker"))
			.withBean("budgetEvents", ApplicationListener.class, () -> listener(BudgetWarning.class, "budget"))
			.withBean(CallListener.class, Listening::new);
	}

	private ApplicationListener<PayloadApplicationEvent<?>> listener(Class<?> type, String what) {
		return new ApplicationListener<>() {

			@Override
			public void onApplicationEvent(PayloadApplicationEvent<?> event) {
				if (type.isInstance(event.getPayload())) {
					see(what);
				}
			}

		};
	}

	/** Hears of attempts and answers. */
	private final class Listening implements CallListener {

		@Override
		public void ended(Attempt attempt, Trail before) {
			see("listener");
		}

		@Override
		public void answered(LlmResponse response) {
			see("answered");
		}

	}

	/** Has a tool that takes down where it ran. */
	final class Tools {

		@LlmTool("Looks.")
		public String look() {
			see("tool");
			return "seen";
		}

	}

}
