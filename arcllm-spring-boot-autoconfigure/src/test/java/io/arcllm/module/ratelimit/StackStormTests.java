package io.arcllm.module.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.module.CallModule;
import io.arcllm.module.Candidate;
import io.arcllm.module.ContractModule;
import io.arcllm.module.Percent;
import io.arcllm.module.Script;
import io.arcllm.module.Selection;
import io.arcllm.module.Storm;
import io.arcllm.module.bulkhead.Bulkhead;
import io.arcllm.module.bulkhead.BulkheadModule;
import io.arcllm.module.bulkhead.BulkheadSettings;
import io.arcllm.module.circuitbreaker.Breaker;
import io.arcllm.module.circuitbreaker.CircuitBreakerModule;
import io.arcllm.module.circuitbreaker.CircuitBreakerSettings;
import io.arcllm.module.fallback.Chain;
import io.arcllm.module.fallback.FallbackModule;
import io.arcllm.module.fallback.FallbackSettings;
import io.arcllm.module.retry.RetryBudget;
import io.arcllm.module.retry.RetryEngine;
import io.arcllm.module.retry.RetryModule;
import io.arcllm.module.retry.RetrySettings;
import io.arcllm.module.timeout.TimeoutModule;
import io.arcllm.module.timeout.TimeoutSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A storm through everything that protects a call, as it stands in an application.
 */
class StackStormTests {

	private static final int MOST = 6;

	private static final int PROBES = 2;

	private static final int ATTEMPTS = 5;

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.arcllm.module");

	private final List<Member> members = new ArrayList<>();

	@BeforeEach
	void beQuiet() {
		this.logger.setLevel(Level.OFF);
	}

	@AfterEach
	void beLoud() {
		this.logger.setLevel(null);
	}

	@Test
	void everyPermitAndTokenComesOutExact() throws Exception {
		new Storm().rage(stack());
		for (Member member : this.members) {
			await().atMost(Duration.ofSeconds(5)).untilAsserted(member::isAtRest);
			assertThat(member.storm.asked).hasPositiveValue();
			assertThat(member.storm.mostRunning).hasValueBetween(2, MOST);
			assertThat(member.mostProbes).hasValueLessThanOrEqualTo(PROBES);
			assertThat(member.store.tokens.get()).isGreaterThanOrEqualTo(member.storm.tokens.get());
			assertThat(member.bulkhead.status().admitted()).isGreaterThanOrEqualTo(member.storm.asked.get());
		}
		assertThat(this.members.stream().mapToInt((member) -> member.storm.asked.get()).sum())
			.isLessThanOrEqualTo(Storm.CALLS * ATTEMPTS);
	}

	private LlmProvider stack() {
		this.members.add(new Member("a"));
		this.members.add(new Member("b"));
		List<Candidate> candidates = this.members.stream().map(Member::candidate).toList();
		FallbackSettings settings = new FallbackSettings(List.of(), List.of(), List.of(),
				EnumSet.allOf(ErrorKind.class), FallbackSettings.OnExhausted.PRIMARY, FallbackSettings.Choice.ORDERED,
				List.of());
		LlmProvider fallback = new FallbackModule(new Chain(candidates, List.of(), List.of()), settings,
				Selection.ORDERED);
		RetrySettings.Budget budget = new RetrySettings.Budget(0.2, 1000);
		RetrySettings retries = new RetrySettings(2, RetrySettings.Strategy.FIXED, Duration.ofMillis(1), 1,
				Duration.ofSeconds(1), true, Set.of(500), EnumSet.of(ErrorKind.SERVER_ERROR, ErrorKind.BULKHEAD_FULL),
				true, budget);
		LlmProvider retry = new RetryModule(fallback,
				new RetryEngine(retries, new RetryBudget(budget, System::nanoTime)));
		return new CallModule(new CallModule.Limits(Duration.ofSeconds(20), ATTEMPTS), CallOptions.NONE,
				(options) -> retry);
	}

	/**
	 * A target with gates of its own.
	 */
	private static final class Member {

		private final Storm storm = new Storm();

		private final CountingStore store = new CountingStore();

		private final AtomicInteger mostProbes = new AtomicInteger();

		private final Script script;

		private final Bulkhead bulkhead;

		private final Breaker breaker;

		private final RateLimiter limiter;

		Member(String name) {
			this.script = new Script(name);
			Target target = this.script.target();
			this.bulkhead = new Bulkhead(target, new BulkheadSettings(MOST, 20, Duration.ofMillis(20)));
			this.limiter = new RateLimiter(target, new RateLimitSettings(60, 1_000_000_000, null, Duration.ZERO,
					RateLimitSettings.Store.MEMORY, RateLimitSettings.OnStoreFailure.LOCAL), this.store);
			this.breaker = new Breaker(target,
					new CircuitBreakerSettings(CircuitBreakerSettings.Window.COUNT, 20, 5, Percent.of("70%"), 5,
							new CircuitBreakerSettings.SlowCall(Percent.of("100%"), Duration.ofSeconds(60)),
							Duration.ofMillis(2), PROBES));
		}

		Candidate candidate() {
			LlmProvider watched = (request) -> Flux.<LlmEvent>defer(() -> {
				this.mostProbes.accumulateAndGet(this.breaker.status().probes(), Math::max);
				return this.storm.exchange(request);
			});
			Duration patience = Duration.ofSeconds(10);
			LlmProvider timeout = new TimeoutModule(new ContractModule(watched, this.script.target()),
					new TimeoutSettings(patience, patience, patience));
			LlmProvider limited = new RateLimitModule(new BulkheadModule(timeout, this.bulkhead), this.limiter);
			return this.script.candidate(new CircuitBreakerModule(limited, this.breaker));
		}

		void isAtRest() {
			assertThat(this.storm.running).hasValue(0);
			assertThat(this.bulkhead.status().running()).isZero();
			assertThat(this.bulkhead.status().queued()).isZero();
			assertThat(this.breaker.status().probes()).isZero();
			assertThat(this.limiter.status().queued()).isZero();
			assertThat(this.store.requests.get()).isEqualTo(this.storm.asked.get());
		}

	}

}
