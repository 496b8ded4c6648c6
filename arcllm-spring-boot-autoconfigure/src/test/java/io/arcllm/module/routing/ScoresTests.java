package io.arcllm.module.routing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.Candidate;
import io.arcllm.module.routing.ScoredSelection.ScoredBy;
import io.arcllm.module.routing.Scores.Score;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class ScoresTests {

	private static final Target TARGET = Target.parse("a/x");

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final Replica replica = new Replica(ScoredBy.HEALTH);

	@ParameterizedTest
	@EnumSource
	void onlyFailuresOfTheTargetCountAgainstIt(ErrorKind kind) {
		this.replica.failed("a/x", kind);
		assertThat(score().results()).isEqualTo(kind.isCountedByBreaker() ? 1 : 0);
		assertThat(success() < 0.8).isEqualTo(kind.isCountedByBreaker());
	}

	@ParameterizedTest
	@EnumSource(names = { "CANCELLED", "SKIPPED" })
	void attemptsThatNobodyWaitedForCountNeitherWay(Attempt.Outcome outcome) {
		this.replica.ended("a/x", outcome, ErrorKind.CIRCUIT_OPEN, SECOND, SECOND);
		this.replica.ended("a/x", outcome, null, null, SECOND);
		assertThat(score()).isSameAs(Score.UNTRIED);
	}

	@Test
	void latencyIsAnExponentiallyWeightedMean() {
		this.replica.answered("a/x", Duration.ofMillis(100), true);
		this.replica.answered("a/x", Duration.ofMillis(200), true);
		assertThat(score().pace(true, now())).isCloseTo((0.9 * 100e6 + 200e6) / 1.9, within(1.0));
		assertThat(score().pace(false, now())).isZero();
	}

	@Test
	void oldResultsAreForgotten() {
		IntStream.range(0, 20).forEach((i) -> this.replica.failed("a/x", ErrorKind.NETWORK));
		double dead = success();
		this.replica.pass(Duration.ofSeconds(30));
		double later = success();
		this.replica.pass(Duration.ofHours(1));
		assertThat(dead).isLessThan(0.1);
		assertThat(later).isBetween(dead, 0.2);
		assertThat(success()).isCloseTo(0.8, within(0.001));
	}

	@Test
	void clockThatStandsStillOrGoesBackDoesNotHurt() {
		this.replica.answered("a/x", Duration.ZERO, false);
		this.replica.pass(Duration.ofSeconds(-5));
		this.replica.answered("a/x", Duration.ZERO, false);
		assertThat(success()).isBetween(0.8, 1.0);
		assertThat(score().speed(false, score().pace(false, now()), now())).isBetween(0.5, 1.0);
	}

	@Test
	void modelsThatCallersMakeUpAreNotAllKept() {
		IntStream.range(0, 5000).forEach((i) -> this.replica.answered("a/" + i, SECOND, false));
		this.replica.answered("a/0", SECOND, false);
		assertThat(this.replica.scores.of(Target.parse("a/4999"))).isSameAs(Score.UNTRIED);
		assertThat(this.replica.scores.of(Target.parse("a/0")).results()).isGreaterThan(1);
	}

	@Test
	@Timeout(30)
	void noResultIsLostAmongManyThreads() throws Exception {
		int threads = 8;
		ExecutorService pool = Executors.newFixedThreadPool(threads);
		List<Candidate> chain = Chains.of("a/x", "b/x");
		try {
			for (int round = 0; round < 200; round++) {
				Replica busy = new Replica(ScoredBy.HEALTH);
				CountDownLatch start = new CountDownLatch(1);
				Callable<Object> work = () -> {
					start.await();
					busy.answered("a/x", SECOND, false);
					busy.failed("b/x", ErrorKind.NETWORK);
					return new ScoredSelection(busy.scores, ScoredBy.HEALTH, () -> 0.5).order(chain,
							LlmRequest.of("Hi"));
				};
				var all = IntStream.range(0, threads).mapToObj((i) -> pool.submit(work)).toList();
				start.countDown();
				for (var one : all) {
					one.get(10, TimeUnit.SECONDS);
				}
				double counted = 10 * (1 - Math.pow(0.9, threads));
				assertThat(busy.scores.of(TARGET).successes()).isCloseTo(counted, within(1e-9));
				assertThat(busy.scores.of(Target.parse("b/x")).results()).isCloseTo(counted, within(1e-9));
			}
		}
		finally {
			pool.shutdownNow();
		}
	}

	private Score score() {
		return this.replica.scores.of(TARGET);
	}

	private long now() {
		return this.replica.scores.now();
	}

	private double success() {
		return score().success(now());
	}

}
