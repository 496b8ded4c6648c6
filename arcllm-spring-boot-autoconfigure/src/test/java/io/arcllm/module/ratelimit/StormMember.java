package io.arcllm.module.ratelimit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.module.Candidate;
import io.arcllm.module.Counted;
import io.arcllm.module.Script;
import io.arcllm.module.Storm;
import io.arcllm.module.TestSettings;
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
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A target in a storm, with gates of its own. The buckets are real, but nothing flows
 * into them, so that each token can be accounted for.
 */
final class StormMember {

	private static final int MOST = 6;

	private static final int MOST_QUEUED = 20;

	private static final int PROBES = 2;

	private static final int LEVEL = 1_000_000;

	private final Storm storm;

	private final AtomicInteger mostProbes = new AtomicInteger();

	private final AtomicInteger mostQueued = new AtomicInteger();

	private final Script script;

	private final Bulkhead bulkhead;

	private final Breaker breaker;

	private final RateLimiter limiter;

	private final Counted places;

	private final Counted limited;

	private final Counted gates;

	StormMember(String name, BooleanSupplier over) {
		this.storm = new Storm((kind) -> over.getAsBoolean() ? Storm.CALM : kind);
		this.script = new Script(name);
		Target target = this.script.target();
		this.bulkhead = new Bulkhead(target, BulkheadSettings.of(MOST, MOST_QUEUED, Duration.ofMillis(20)));
		RateLimitSettings limits = TestSettings.of(RateLimitSettings.class, "requests-per-minute", LEVEL,
				"tokens-per-minute", LEVEL, "max-wait", "0s");
		this.limiter = new RateLimiter(target, limits, new MemoryStore(limits, (unit, bucket) -> {
		}, new StoppedClock()));
		this.breaker = new Breaker(target, TestSettings.of(CircuitBreakerSettings.class, "failure-rate", "70%",
				"consecutive-failures", 5, "open-for", "2ms", "half-open-calls", PROBES, "endpoint", false));
		Duration patience = Duration.ofSeconds(10);
		LlmProvider timeout = new TimeoutModule(new ContractModule(watched(), target), TestSettings
			.of(TimeoutSettings.class, "attempt", patience, "first-token", patience, "idle", patience, "unread", "0s"));
		this.places = new Counted(new BulkheadModule(timeout, this.bulkhead));
		this.limited = new Counted(new RateLimitModule(this.places, this.limiter));
		this.gates = new Counted(new CircuitBreakerModule(this.limited, this.breaker));
	}

	private LlmProvider watched() {
		return (request) -> Flux.<LlmEvent>defer(() -> {
			this.mostProbes.accumulateAndGet(this.breaker.status().probes(), Math::max);
			this.mostQueued.accumulateAndGet(this.bulkhead.status().queued(), Math::max);
			return this.storm.exchange(request);
		});
	}

	String name() {
		return this.script.name();
	}

	Target target() {
		return this.script.target();
	}

	Candidate candidate() {
		return this.script.candidate(this.gates);
	}

	long attempts() {
		return this.storm.asked.get();
	}

	long breakerRefusals() {
		return this.breaker.status().refused();
	}

	long bulkheadRefusals() {
		return this.bulkhead.status().refused();
	}

	/** All that was taken has come back, and what was used is used. */
	void isAtRest() {
		assertThat(this.storm.running).hasValue(0);
		assertThat(this.bulkhead.status().running()).isZero();
		assertThat(this.bulkhead.status().queued()).isZero();
		assertThat(this.breaker.status().probes()).isZero();
		assertThat(this.limiter.status().queued()).isZero();
		int answered = this.limited.answered.get();
		long asked = attempts();
		assertThat(this.limiter.status().requests()).isEqualTo(LEVEL - asked);
		assertThat(this.limiter.status().tokens()).isEqualTo(LEVEL - answered * (long) Storm.USAGE.totalTokens()
				- (asked - answered) * this.limiter.estimate(Storm.REQUEST));
	}

	void keptItsLimits() {
		assertThat(this.storm.mostRunning).hasValueLessThanOrEqualTo(MOST);
		assertThat(this.mostProbes).hasValueLessThanOrEqualTo(PROBES);
		assertThat(this.mostQueued).hasValueLessThanOrEqualTo(MOST_QUEUED);
		assertThat(this.gates.asked.get()).isGreaterThanOrEqualTo((int) (this.limited.asked.get() + breakerRefusals()));
		assertThat(this.bulkhead.status().admitted()).isBetween(attempts(),
				this.places.asked.get() - bulkheadRefusals());
	}

	/** It was a storm. */
	void wasInTrouble() {
		assertThat(this.storm.mostRunning).hasValue(MOST);
		assertThat(this.mostProbes).hasValue(PROBES);
		assertThat(this.mostQueued).hasPositiveValue();
		assertThat(breakerRefusals()).isPositive();
		assertThat(bulkheadRefusals()).isPositive();
	}

	/** Whoever came was let through and asked, or refused. */
	void lostNobody() {
		assertThat(this.gates.asked).hasValue((int) (this.limited.asked.get() + breakerRefusals()));
		assertThat(this.limiter.status().admitted()).isEqualTo(this.limited.asked.get());
		assertThat(this.places.asked).hasValue(this.limited.asked.get());
		assertThat(this.places.asked).hasValue((int) (this.bulkhead.status().admitted() + bulkheadRefusals()));
		assertThat(this.bulkhead.status().admitted()).isEqualTo(attempts());
		assertThat(this.limited.answered).hasValue(this.gates.answered.get());
	}

	/** No permit of a probe was lost: a breaker without them would never close again. */
	void takesCallsAgain() {
		await().atMost(Duration.ofSeconds(20)).until(() -> {
			try {
				this.gates.invoke("hi");
			}
			catch (LlmException ex) {
				return false;
			}
			return this.breaker.status().state() == BreakerState.CLOSED;
		});
	}

}
