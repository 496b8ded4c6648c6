package io.arcllm.module.fallback;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.module.Candidate;
import io.arcllm.module.Script;
import io.arcllm.module.TestSettings;
import io.arcllm.module.attempt.CommitModule;
import io.arcllm.module.attempt.CommitPoint;
import io.arcllm.module.attempt.ContractModule;
import io.arcllm.module.attempt.TimeoutModule;
import io.arcllm.module.attempt.TimeoutSettings;
import io.arcllm.module.bulkhead.Bulkhead;
import io.arcllm.module.bulkhead.BulkheadModule;
import io.arcllm.module.bulkhead.BulkheadSettings;
import io.arcllm.module.circuitbreaker.Breaker;
import io.arcllm.module.circuitbreaker.BreakerState;
import io.arcllm.module.circuitbreaker.CircuitBreakerModule;
import io.arcllm.module.circuitbreaker.CircuitBreakerSettings;
import io.arcllm.module.keys.KeyRotationModule;
import io.arcllm.module.ratelimit.LimitStore;
import io.arcllm.module.ratelimit.MemoryStore;
import io.arcllm.module.ratelimit.RateLimitModule;
import io.arcllm.module.ratelimit.RateLimitSettings;
import io.arcllm.module.ratelimit.RateLimiter;
import io.arcllm.module.telemetry.Observations;
import io.arcllm.module.telemetry.TelemetryModule.AttemptTelemetryModule;
import io.arcllm.provider.key.KeyPool;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A target with all gates around it that answers, fails, stalls and breaks off at random.
 */
final class RandomTarget {

	private static final String ANSWER = "abcdefgh";

	private static final int MOST = 6;

	private static final int PROBES = 2;

	private static final Usage USED = Usage.of(3, 8);

	private final Random random;

	private final Script script;

	private final Observations observations;

	private final KeyPool keys = new KeyPool(List.of("one", "two"),
			() -> Schedulers.parallel().now(TimeUnit.NANOSECONDS));

	private final Bulkhead bulkhead;

	private final Breaker breaker;

	private final RateLimitSettings limits = TestSettings.of(RateLimitSettings.class, "requests-per-minute", 3000,
			"tokens-per-minute", 30_000_000, "burst", 10, "max-wait", "1s");

	private final Ledger ledger = new Ledger(this.limits);

	private final RateLimiter limiter;

	private int open;

	private int mostOpen;

	private int mostProbes;

	/** Admitted by the rate limit and sent, with whatever keys. */
	private int sent;

	private int opened;

	/**
	 * @param hook what listeners of the application do
	 */
	RandomTarget(String name, Random random, Observations observations, Runnable hook) {
		this.random = random;
		this.script = new Script(name);
		this.observations = observations;
		Target target = this.script.target();
		this.bulkhead = new Bulkhead(target, BulkheadSettings.of(MOST, 6, Duration.ofSeconds(1)));
		this.limiter = new RateLimiter(target, this.limits, this.ledger);
		this.breaker = new Breaker(target,
				TestSettings.of(CircuitBreakerSettings.class, "minimum-calls", 10, "failure-rate", "60%",
						"consecutive-failures", 6, "open-for", "200ms", "half-open-calls", PROBES, "endpoint", false),
				(one, from, to, openFor) -> {
					this.opened += (to == BreakerState.OPEN) ? 1 : 0;
					hook.run();
				}, (config) -> {
				});
	}

	/** Itself with everything that an application puts around a target. */
	Candidate candidate() {
		Target target = this.script.target();
		LlmProvider attempt = new AttemptTelemetryModule(new ContractModule(this::ask, target), target,
				this.observations);
		LlmProvider held = new CommitModule(attempt, target,
				CommitPoint.of(target.provider().equals("b") ? "3-tokens" : "20ms"));
		LlmProvider rotating = new KeyRotationModule(held, this.keys::hasAnother);
		LlmProvider once = (request) -> rotating.exchange(request)
			.contextWrite((context) -> context.put(AtomicBoolean.class, new AtomicBoolean()));
		LlmProvider timed = new TimeoutModule(once, TestSettings.of(TimeoutSettings.class, "attempt", "3s",
				"first-token", "2s", "idle", "2s", "unread", "0s"));
		LlmProvider limited = new RateLimitModule(new BulkheadModule(timed, this.bulkhead), this.limiter);
		return this.script.candidate(new CircuitBreakerModule(limited, this.breaker));
	}

	private Flux<LlmEvent> ask(LlmRequest request) {
		return Flux.deferContextual((context) -> {
			boolean first = !context.get(AtomicBoolean.class).getAndSet(true);
			if (first && this.random.nextInt(30) == 0) {
				return Script.fails(ErrorKind.BULKHEAD_FULL);
			}
			this.sent += first ? 1 : 0;
			String key = this.keys.next();
			return answer().doOnError(LlmException.class, (failure) -> this.keys.failed(key, failure))
				.doOnComplete(() -> this.keys.answered(key));
		});
	}

	private Flux<LlmEvent> answer() {
		if (this.random.nextInt(25) == 0) {
			return Script.fails(ErrorKind.AUTHENTICATION);
		}
		Flux<LlmEvent> end = switch (this.random.nextInt(9)) {
			case 0 -> Script.fails(ErrorKind.NETWORK);
			case 1 -> Flux.never();
			case 2 -> Flux.empty();
			case 3 -> Script.fails(ErrorKind.RATE_LIMITED, 429, Duration.ofMillis(500));
			default -> Flux.defer(this::completed);
		};
		int words = this.random.nextInt(ANSWER.length());
		Flux<LlmEvent> answer = Flux.range(0, words)
			.map((i) -> (LlmEvent) new LlmEvent.TextDelta(ANSWER.substring(i, i + 1)))
			.concatWith(end);
		if (this.random.nextInt(2) == 0) {
			answer = answer.delayElements(Duration.ofMillis(1 + this.random.nextInt(30)));
		}
		AtomicBoolean over = new AtomicBoolean();
		return answer.doOnSubscribe((subscription) -> {
			this.mostOpen = Math.max(this.mostOpen, ++this.open);
			this.mostProbes = Math.max(this.mostProbes, this.breaker.status().probes());
		})
			.doOnNext((event) -> end(over, event.answer() != null))
			.doOnTerminate(() -> end(over, true))
			.doOnCancel(() -> end(over, true));
	}

	/**
	 * An answer is over with its last event: its place may be taken before the flux ends.
	 */
	private void end(AtomicBoolean over, boolean ends) {
		if (ends && over.compareAndSet(false, true)) {
			this.open--;
		}
	}

	private Flux<LlmEvent> completed() {
		return Flux.just(new LlmEvent.Completed(LlmResponse.of(ANSWER).withText(ANSWER, USED)));
	}

	int sent() {
		return this.sent;
	}

	boolean hasOpened() {
		return this.opened > 0;
	}

	/** Everything is as if nothing had happened, but for what was really sent. */
	void assertAtRest() {
		assertThat(this.open).isZero();
		assertThat(this.mostOpen).isBetween(1, MOST);
		assertThat(this.mostProbes).isLessThanOrEqualTo(PROBES);
		assertThat(this.bulkhead.status().running()).isZero();
		assertThat(this.bulkhead.status().queued()).isZero();
		assertThat(this.breaker.status().probes()).isZero();
		assertThat(this.limiter.status().queued()).isZero();
		assertThat(this.sent).isPositive();
		assertThat(this.ledger.requests).isEqualTo(this.sent);
		assertThat(this.ledger.tokens).isGreaterThan(this.sent);
	}

	/**
	 * What was taken and not given back, whatever was refilled.
	 */
	private static final class Ledger implements LimitStore {

		private final LimitStore store;

		private long requests;

		private long tokens;

		Ledger(RateLimitSettings settings) {
			this.store = new MemoryStore(settings);
		}

		@Override
		public CompletableFuture<Long> take(long tokens) {
			return this.store.take(tokens).thenApply((wait) -> {
				taken(wait == 0, tokens);
				return wait;
			});
		}

		@Override
		public boolean takeNow(long tokens) {
			return taken(this.store.takeNow(tokens), tokens);
		}

		private boolean taken(boolean taken, long tokens) {
			this.requests += taken ? 1 : 0;
			this.tokens += taken ? tokens : 0;
			return taken;
		}

		@Override
		public void adjust(long requests, long tokens) {
			this.requests -= requests;
			this.tokens -= tokens;
			this.store.adjust(requests, tokens);
		}

		@Override
		public long waitFor(long requests, long tokens) {
			return this.store.waitFor(requests, tokens);
		}

		@Override
		public long requests() {
			return this.store.requests();
		}

		@Override
		public long tokens() {
			return this.store.tokens();
		}

	}

}
