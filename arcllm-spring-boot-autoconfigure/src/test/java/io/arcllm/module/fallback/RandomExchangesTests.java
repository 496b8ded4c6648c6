package io.arcllm.module.fallback;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.module.CallModule;
import io.arcllm.module.Candidate;
import io.arcllm.module.Commit;
import io.arcllm.module.CommitModule;
import io.arcllm.module.ContractModule;
import io.arcllm.module.Percent;
import io.arcllm.module.Recovery;
import io.arcllm.module.Script;
import io.arcllm.module.Selection;
import io.arcllm.module.bulkhead.Bulkhead;
import io.arcllm.module.bulkhead.BulkheadModule;
import io.arcllm.module.bulkhead.BulkheadSettings;
import io.arcllm.module.circuitbreaker.Breaker;
import io.arcllm.module.circuitbreaker.BreakerState;
import io.arcllm.module.circuitbreaker.CircuitBreakerModule;
import io.arcllm.module.circuitbreaker.CircuitBreakerSettings;
import io.arcllm.module.hedge.After;
import io.arcllm.module.hedge.HedgeEngine;
import io.arcllm.module.hedge.HedgeModule;
import io.arcllm.module.hedge.HedgeSettings;
import io.arcllm.module.ratelimit.RateLimitModule;
import io.arcllm.module.ratelimit.RateLimitSettings;
import io.arcllm.module.ratelimit.RateLimiter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Exchanges that succeed, fail, stall, break off and are cancelled at random, in virtual
 * time. {@code -Darcllm.exchanges=250000} makes it a million over all recoveries.
 */
class RandomExchangesTests {

	private static final int EXCHANGES = Integer.getInteger("arcllm.exchanges", 20_000);

	private static final int BURST = 10;

	private static final String ANSWER = "abcdefgh";

	private final Random random = new Random(4);

	private static final int MOST = 20;

	private static final int PROBES = 2;

	private final List<Vendor> vendors = new ArrayList<>();

	private final List<Bulkhead> bulkheads = new ArrayList<>();

	private final List<Breaker> breakers = new ArrayList<>();

	private final List<RateLimiter> limiters = new ArrayList<>();

	private int opened;

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.arcllm.module");

	private VirtualTimeScheduler time;

	@BeforeEach
	void startTime() {
		this.logger.setLevel(Level.OFF);
		this.time = VirtualTimeScheduler.getOrSet();
	}

	@AfterEach
	void stopTime() {
		VirtualTimeScheduler.reset();
		this.logger.setLevel(null);
	}

	@ParameterizedTest
	@EnumSource(Recovery.class)
	void everyPermitComesBackAndEveryExchangeEndsOnce(Recovery recovery) {
		LlmProvider stack = stack(recovery);
		List<Watched> running = new ArrayList<>();
		for (int i = 0; i < EXCHANGES; i++) {
			Watched watched = new Watched(this.random.nextInt(4), this.random.nextInt(12));
			stack.exchange(LlmRequest.of("Hi").withStreaming(this.random.nextInt(4) > 0)).subscribe(watched);
			running.add(watched);
			this.time.advanceTimeBy(Duration.ofMillis(this.random.nextInt(40)));
			running.removeIf(Watched::isOver);
		}
		this.time.advanceTimeBy(Duration.ofMinutes(5));
		assertThat(running).allMatch(Watched::isOver);
		assertThat(this.vendors).allSatisfy((vendor) -> {
			assertThat(vendor.open).isZero();
			assertThat(vendor.mostOpen).isBetween(1, MOST);
			assertThat(vendor.mostProbes).isLessThanOrEqualTo(PROBES);
		});
		assertThat(this.vendors.get(0).mostProbes).isEqualTo(PROBES);
		assertThat(this.bulkheads).allSatisfy((bulkhead) -> {
			assertThat(bulkhead.status().running()).isZero();
			assertThat(bulkhead.status().queued()).isZero();
		});
		assertThat(this.breakers).allSatisfy((breaker) -> assertThat(breaker.status().probes()).isZero());
		assertThat(this.opened).isPositive();
		assertThat(this.limiters).allSatisfy((limiter) -> {
			assertThat(limiter.status().queued()).isZero();
			assertThat(limiter.status().requests()).isEqualTo(BURST);
		});
	}

	private LlmProvider stack(Recovery recovery) {
		List<Candidate> targets = new ArrayList<>();
		for (String name : List.of("a", "b", "c")) {
			Script script = new Script(name);
			Target target = script.target();
			Bulkhead bulkhead = new Bulkhead(target, new BulkheadSettings(MOST, 20, Duration.ofSeconds(1)));
			this.bulkheads.add(bulkhead);
			Breaker breaker = breaker(target);
			Vendor vendor = new Vendor(breaker);
			this.vendors.add(vendor);
			LlmProvider adapter = new CommitModule(new ContractModule((request) -> vendor.watched(answer()), target),
					target, Commit.of(name.equals("b") ? "3-tokens" : "20ms"));
			LlmProvider limited = new RateLimitModule(new BulkheadModule(adapter, bulkhead), limiter(target));
			targets.add(script.candidate(new CircuitBreakerModule(limited, breaker)));
		}
		HedgeSettings hedge = new HedgeSettings(After.of("30ms"), Duration.ZERO, Percent.of("50%"), false);
		LlmProvider hedged = new HedgeModule(targets.get(0), targets.subList(1, 3), hedge, new HedgeEngine());
		targets.set(0, new Script("a").candidate(hedged));
		FallbackSettings settings = new FallbackSettings(List.of(), List.of(), List.of(),
				EnumSet.allOf(ErrorKind.class), FallbackSettings.OnExhausted.PRIMARY, FallbackSettings.Choice.ORDERED,
				List.of());
		LlmProvider fallback = new FallbackModule(new Chain(targets, List.of(), List.of()), settings, Selection.ORDERED,
				new Resume(recovery, (target) -> true, () -> true));
		return new CallModule(new CallModule.Limits(Duration.ofSeconds(10), 6), CallOptions.NONE,
				(options) -> fallback);
	}

	private RateLimiter limiter(Target target) {
		RateLimiter limiter = new RateLimiter(target, new RateLimitSettings(3000, 30_000_000, BURST,
				Duration.ofSeconds(1), RateLimitSettings.Store.MEMORY, RateLimitSettings.OnStoreFailure.LOCAL));
		this.limiters.add(limiter);
		return limiter;
	}

	private Breaker breaker(Target target) {
		CircuitBreakerSettings settings = new CircuitBreakerSettings(CircuitBreakerSettings.Window.COUNT, 20, 10,
				Percent.of("60%"), 6, new CircuitBreakerSettings.SlowCall(Percent.of("100%"), Duration.ofSeconds(60)),
				Duration.ofMillis(200), PROBES);
		Breaker breaker = new Breaker(target, settings,
				(one, from, to, openFor) -> this.opened += (to == BreakerState.OPEN) ? 1 : 0, (config) -> {
				});
		this.breakers.add(breaker);
		return breaker;
	}

	private Flux<LlmEvent> answer() {
		Flux<LlmEvent> end = switch (this.random.nextInt(8)) {
			case 0 -> Script.fails(ErrorKind.NETWORK);
			case 1 -> Flux.never();
			case 2 -> Flux.empty();
			default -> Flux.just(Script.completed(ANSWER));
		};
		int words = this.random.nextInt(ANSWER.length());
		Flux<LlmEvent> answer = Flux.range(0, words)
			.map((i) -> (LlmEvent) new LlmEvent.TextDelta(ANSWER.substring(i, i + 1)))
			.concatWith(end);
		if (this.random.nextInt(2) == 0) {
			answer = answer.delayElements(Duration.ofMillis(1 + this.random.nextInt(30)));
		}
		return answer;
	}

	/**
	 * Sees how many ask at once.
	 */
	private static final class Vendor {

		private final Breaker breaker;

		private int open;

		private int mostOpen;

		private int mostProbes;

		Vendor(Breaker breaker) {
			this.breaker = breaker;
		}

		Flux<LlmEvent> watched(Flux<LlmEvent> answer) {
			return answer.doOnSubscribe((subscription) -> {
				this.mostOpen = Math.max(this.mostOpen, ++this.open);
				this.mostProbes = Math.max(this.mostProbes, this.breaker.status().probes());
			}).doOnTerminate(() -> this.open--).doOnCancel(() -> this.open--);
		}

	}

	/**
	 * A caller that goes away after some events, at once, or never.
	 */
	private static final class Watched extends BaseSubscriber<LlmEvent> {

		private final int manner;

		private int left;

		private int ends;

		private LlmResponse answer;

		Watched(int manner, int left) {
			this.manner = manner;
			this.left = left;
		}

		boolean isOver() {
			return this.ends > 0 || isDisposed();
		}

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			request((this.manner == 0) ? 1 : Long.MAX_VALUE);
		}

		@Override
		protected void hookOnNext(LlmEvent event) {
			assertThat(this.ends).isZero();
			this.answer = event.answer();
			if (this.manner == 1 && this.left-- == 0) {
				cancel();
			}
			else if (this.manner == 0) {
				request(1);
			}
		}

		@Override
		protected void hookOnComplete() {
			assertThat(this.answer).isNotNull();
			assertThat(++this.ends).isEqualTo(1);
		}

		@Override
		protected void hookOnError(Throwable failure) {
			assertThat(failure).isInstanceOf(LlmException.class);
			assertThat(++this.ends).isEqualTo(1);
		}

	}

}
