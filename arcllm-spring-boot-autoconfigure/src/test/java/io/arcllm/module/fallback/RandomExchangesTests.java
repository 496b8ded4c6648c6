package io.arcllm.module.fallback;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.RequestMetadata;
import io.arcllm.Target;
import io.arcllm.module.CallModule;
import io.arcllm.module.Candidate;
import io.arcllm.module.TestSettings;
import io.arcllm.module.fallback.recovery.Recovery;
import io.arcllm.module.Script;
import io.arcllm.module.Selection;
import io.arcllm.module.Shutdown;
import io.arcllm.module.fallback.recovery.RecoveryPlan;
import io.arcllm.module.hedge.HedgeEngine;
import io.arcllm.module.hedge.HedgeModule;
import io.arcllm.module.hedge.HedgeSettings;
import io.arcllm.module.retry.RetryBudget;
import io.arcllm.module.retry.RetryEngine;
import io.arcllm.module.retry.RetryModule;
import io.arcllm.module.retry.RetrySettings;
import io.arcllm.module.telemetry.ModelTags;
import io.arcllm.module.telemetry.Observations;
import io.arcllm.module.telemetry.TelemetryModule;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BaseSubscriber;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Exchanges that succeed, fail, stall, break off and are cancelled at random, in virtual
 * time, with hooks that throw, keys that go and come, connections and queues that are
 * full and an application that closes and opens: a million over all recoveries as a
 * proof, and a hundredth of it always.
 */
class RandomExchangesTests {

	private static final int EXCHANGES = 2_500;

	private static final int PROOF = 250_000;

	private final Random random = new Random(4);

	private final List<RandomTarget> targets = new ArrayList<>();

	/** Observations under way. */
	private final AtomicInteger observed = new AtomicInteger();

	private final Observations observations = observations();

	private final Shutdown shutdown = new Shutdown();

	private int thrown;

	private int closed;

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

	private Observations observations() {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new ObservationHandler<>() {

			@Override
			public void onStart(Observation.Context context) {
				RandomExchangesTests.this.observed.incrementAndGet();
				throwSometimes();
			}

			@Override
			public void onError(Observation.Context context) {
				throwSometimes();
			}

			@Override
			public void onStop(Observation.Context context) {
				RandomExchangesTests.this.observed.decrementAndGet();
				throwSometimes();
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
		return new Observations(registry, new ModelTags(List.of()));
	}

	/** What a hook of the application does. */
	private void throwSometimes() {
		if (this.random.nextInt(20) == 0) {
			this.thrown++;
			throw new IllegalStateException("a bug in the application's hook");
		}
	}

	@ParameterizedTest
	@EnumSource(Recovery.class)
	void everyPermitComesBackAndEveryExchangeEndsOnce(Recovery recovery) {
		everyPermitComesBack(recovery, EXCHANGES);
	}

	@ParameterizedTest
	@EnumSource(Recovery.class)
	@Tag("proof")
	@Timeout(value = 5, unit = TimeUnit.MINUTES)
	void everyPermitOfAMillionExchangesComesBack(Recovery recovery) {
		everyPermitComesBack(recovery, PROOF);
	}

	private void everyPermitComesBack(Recovery recovery, int exchanges) {
		LlmProvider stack = stack(recovery);
		List<Watched> running = new ArrayList<>();
		for (int i = 0; i < exchanges; i++) {
			closeAndOpen();
			Watched watched = new Watched(this.random.nextInt(4), this.random.nextInt(12));
			stack.exchange(LlmRequest.of("Hi").withStreaming(this.random.nextInt(4) > 0)).subscribe(watched);
			running.add(watched);
			this.time.advanceTimeBy(Duration.ofMillis(this.random.nextInt(40)));
			if (this.random.nextInt(5) == 0) {
				running.get(this.random.nextInt(running.size())).cancel();
			}
			running.removeIf(Watched::isOver);
		}
		this.time.advanceTimeBy(Duration.ofMinutes(5));
		assertThat(running).allMatch(Watched::isOver);
		this.targets.forEach(RandomTarget::assertAtRest);
		assertThat(this.targets).anyMatch(RandomTarget::hasOpened);
		assertThat(this.targets.stream().mapToInt(RandomTarget::sent).sum()).isGreaterThan(exchanges / 2);
		assertThat(this.observed).hasValue(0);
		assertThat(this.shutdown.calls()).isZero();
		assertThat(this.thrown).isPositive();
		assertThat(this.closed).isPositive();
	}

	/** The context closes now and then, lets calls end or not, and is there again. */
	private void closeAndOpen() {
		if (this.random.nextInt(300) == 0) {
			this.closed++;
			this.shutdown.close();
			this.time.advanceTimeBy(Duration.ofMillis(this.random.nextInt(100)));
			if (this.random.nextBoolean()) {
				this.shutdown.interrupt();
				assertThat(this.shutdown.calls()).isZero();
			}
			this.shutdown.open();
		}
	}

	private LlmProvider stack(Recovery recovery) {
		List<Candidate> targets = new ArrayList<>();
		for (String name : List.of("a", "b", "c")) {
			RandomTarget target = new RandomTarget(name, this.random, this.observations, this::throwSometimes);
			this.targets.add(target);
			targets.add(target.candidate());
		}
		HedgeSettings hedge = TestSettings.of(HedgeSettings.class, "after", "30ms", "minimum-delay", "0s", "max-ratio",
				"50%");
		LlmProvider hedged = new HedgeModule(targets.get(0), targets.subList(1, 3), hedge, new HedgeEngine());
		targets.set(0, new Script("a").candidate(hedged));
		FallbackSettings settings = TestSettings.of(FallbackSettings.class, "on", EnumSet.allOf(ErrorKind.class));
		LlmProvider fallback = new FallbackModule(new Chain(targets, List.of(), List.of()), settings, Selection.ORDERED,
				new RecoveryPlan(recovery, (target) -> true, () -> true));
		LlmProvider stack = new TelemetryModule(new RetryModule(fallback, retries()), new Target("a", "m"),
				this.observations);
		return new CallModule(new CallModule.Limits(Duration.ofSeconds(10), 6, (attempt, before) -> throwSometimes(),
				(context) -> RequestMetadata.EMPTY, this.shutdown), CallOptions.NONE, (options) -> stack);
	}

	private RetryEngine retries() {
		RetrySettings.Budget budget = new RetrySettings.Budget(0.2, 100);
		return new RetryEngine(
				TestSettings.of(RetrySettings.class, "max-retries", 1, "strategy", RetrySettings.Strategy.FIXED,
						"backoff-base", "20ms", "multiplier", 1, "max-wait", "1s", "retryable-status-codes",
						Set.of(500), "on", EnumSet.of(ErrorKind.NETWORK, ErrorKind.CIRCUIT_OPEN), "budget", budget),
				new RetryBudget(budget, () -> this.time.now(TimeUnit.NANOSECONDS)));
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
