package io.arcllm.benchmarks.storm;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.arcllm.benchmarks.calls.ArcLlm;
import io.arcllm.benchmarks.calls.SpringAi;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Sends the same calls at the same rate into the same storm through one stack after
 * another, and prints how many were answered and what that took.
 */
public final class FaultStorm {

	/** How long an attempt may take, in every stack. */
	static final Duration ATTEMPT = Duration.ofMillis(500);

	/** The first wait before a retry, in every stack that can be told. */
	static final Duration BACKOFF = Duration.ofMillis(100);

	/** How long a breaker stays open. */
	static final Duration OPEN = Duration.ofSeconds(5);

	/** A caller without an answer after that long has gone away. */
	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Duration WARM_UP = Duration.ofSeconds(5);

	private static final int CONNECTIONS = 5000;

	private final Map<String, Function<StormVendors, Mono<Integer>>> stacks = new LinkedHashMap<>();

	private final Scheduler threads = Schedulers.newBoundedElastic(CONNECTIONS, Integer.MAX_VALUE, "waiting");

	private final int calls;

	private final int rate;

	private FaultStorm(int calls, int rate) {
		this.calls = calls;
		this.rate = rate;
		this.stacks.put("ArcLLM", (vendors) -> arcLlm(vendors));
		this.stacks.put("ArcLLM, plain retry", (vendors) -> arcLlm(vendors, "arcllm.modules.fallback.enabled=false",
				"arcllm.modules.circuit-breaker.enabled=false", "arcllm.modules.retry.budget.min-per-second=1000000"));
		this.stacks.put("Spring AI", this::springAi);
		this.stacks.put("Resilience4j by hand", (vendors) -> {
			Resilience4jStack stack = new Resilience4jStack(vendors.url(0), vendors.url(1), CONNECTIONS);
			return Mono.defer(stack::ask);
		});
	}

	/**
	 * @param args how many calls, how many of them a second, and a pattern of the stacks
	 * that are wanted
	 */
	public static void main(String[] args) throws Exception {
		int calls = (args.length > 0) ? Integer.parseInt(args[0]) : 20_000;
		int rate = (args.length > 1) ? Integer.parseInt(args[1]) : 400;
		Pattern wanted = Pattern.compile((args.length > 2) ? args[2] : ".*");
		System.setProperty("logging.level.root", "off");
		FaultStorm storm = new FaultStorm(calls, rate);
		Hooks.onErrorDropped((failure) -> {
		});
		System.out.printf("%-22s %10s %9s %9s %8s %8s %8s %8s%n", "stack", "answered %", "attempts", "wasted", "a call",
				"p50 ms", "p95 ms", "p99 ms");
		for (String name : storm.stacks.keySet()) {
			if (wanted.matcher(name).find()) {
				storm.run(name);
			}
		}
	}

	private void run(String name) throws InterruptedException {
		try (StormVendors vendors = new StormVendors(
				Duration.ofSeconds(1).multipliedBy(this.calls).dividedBy(this.rate))) {
			Mono<Integer> call = Objects.requireNonNull(this.stacks.get(name)).apply(vendors).timeout(PATIENCE);
			warmUp(call, vendors);
			vendors.begin();
			Outcomes outcomes = send(call, this.calls).await();
			int wasted = vendors.requests() - outcomes.answered();
			System.out.printf("%-22s %10.2f %9d %9d %8.2f %8.0f %8.0f %8.0f%n", name,
					100.0 * outcomes.answered() / this.calls, vendors.requests(), wasted,
					1.0 * vendors.requests() / this.calls, outcomes.quantile(0.5), outcomes.quantile(0.95),
					outcomes.quantile(0.99));
		}
	}

	/** So that the storm meets every part in use, and every breaker closed. */
	private void warmUp(Mono<Integer> call, StormVendors vendors) throws InterruptedException {
		ask(call);
		vendors.clear();
		Thread.sleep(OPEN.toMillis());
		ask(call);
	}

	private static void ask(Mono<Integer> call) {
		Flux.range(0, Integer.MAX_VALUE).flatMap((n) -> call.onErrorComplete(), 8).take(WARM_UP).blockLast();
	}

	private Outcomes send(Mono<Integer> call, int calls) {
		Outcomes outcomes = new Outcomes(calls);
		long start = System.nanoTime();
		for (int i = 0; i < calls; i++) {
			long due = start + i * 1_000_000_000L / this.rate;
			long early = due - System.nanoTime();
			while (early > 0) {
				LockSupport.parkNanos(early);
				early = due - System.nanoTime();
			}
			outcomes.watch(call, due);
		}
		return outcomes;
	}

	private static Mono<Integer> arcLlm(StormVendors vendors, String... settings) {
		Stream<String> common = Stream.of("arcllm.providers.second.base-url=" + vendors.url(1),
				"arcllm.providers.third.type=openai", "arcllm.providers.third.base-url=" + vendors.url(2),
				"arcllm.providers.third.api-key=key", "arcllm.providers.third.model=gpt-5-mini",
				"arcllm.modules.fallback.chain=second,third", "arcllm.modules.circuit-breaker.enabled=true",
				"arcllm.modules.circuit-breaker.open-for=" + OPEN, "arcllm.modules.retry.backoff-base=" + BACKOFF,
				"arcllm.modules.timeout.attempt=" + ATTEMPT,
				"arcllm.providers.openai.http.max-connections=" + CONNECTIONS,
				"arcllm.providers.second.http.max-connections=" + CONNECTIONS);
		ArcLlm client = new ArcLlm(vendors.url(0), Stream.concat(common, Stream.of(settings)).toArray(String[]::new));
		return Mono.defer(client::whole);
	}

	private Mono<Integer> springAi(StormVendors vendors) {
		SpringAi client = new SpringAi(vendors.url(0), this.threads, ATTEMPT);
		return Mono.defer(client::whole);
	}

}
