package io.arcllm.module.routing;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Candidate;
import io.arcllm.module.routing.ScoredSelection.ScoredBy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class ScoredSelectionTests {

	private static final List<Candidate> THREE = Chains.of("a/x", "b/x", "c/x");

	private static final List<Candidate> TWO = Chains.of("a/x", "b/x");

	private static final Duration FAST = Duration.ofMillis(200);

	@WholeAndStreamed
	void fastestIsAskedMost(boolean streamed) {
		Map<String, Integer> asked = new Replica(ScoredBy.LATENCY).call(1000, THREE, streamed,
				Map.of("a/x", FAST.multipliedBy(10), "b/x", FAST, "c/x", FAST.multipliedBy(3)));
		assertThat(asked.get("b/x")).isGreaterThan(750);
		assertThat(asked.get("c/x")).isGreaterThan(asked.get("a/x"));
	}

	@WholeAndStreamed
	void targetThatFailsIsHardlyAsked(boolean streamed) {
		Map<String, Integer> asked = new Replica(ScoredBy.HEALTH).call(1000, THREE, streamed,
				Map.of("b/x", FAST.multipliedBy(3), "c/x", FAST.multipliedBy(3)));
		assertThat(asked.get("a/x")).isBetween(1, 30);
	}

	@WholeAndStreamed
	void healthMindsSuccessMoreThanSpeed(boolean streamed) {
		Replica replica = new Replica(ScoredBy.HEALTH);
		for (int i = 0; i < 20; i++) {
			replica.answered("a/x", FAST.multipliedBy(20), streamed);
			replica.answered("b/x", FAST, streamed);
			replica.failed("b/x", ErrorKind.TIMEOUT);
		}
		assertThat(firsts(replica, TWO, streamed, 1000).get("a/x")).isGreaterThan(500);
	}

	@ParameterizedTest
	@EnumSource
	void aFailureThatIsQuickIsNotFast(ScoredBy measure) {
		Map<String, Integer> asked = new Replica(measure).call(500, TWO, false, Map.of("a/x", FAST));
		assertThat(asked.get("a/x")).isGreaterThan(480);
	}

	@ParameterizedTest
	@EnumSource
	void untriedTargetNeitherWinsNorStarves(ScoredBy measure) {
		Replica replica = new Replica(measure);
		replica.call(100, TWO, true, Map.of("a/x", FAST, "b/x", FAST));
		int asked = firsts(replica, THREE, true, 1000).get("c/x");
		assertThat(asked).isBetween(10, 200);
	}

	@ParameterizedTest
	@EnumSource
	void noTargetStarves(ScoredBy measure) {
		Map<String, Integer> asked = new Replica(measure).call(5000, THREE, true,
				Map.of("a/x", FAST, "b/x", FAST.multipliedBy(50)));
		assertThat(asked.get("b/x")).isPositive();
		assertThat(asked.get("c/x")).isPositive();
	}

	@ParameterizedTest
	@EnumSource
	void targetThatRecoveredIsAskedAgain(ScoredBy measure) {
		Replica replica = new Replica(measure);
		replica.call(300, TWO, true, Map.of("b/x", FAST));
		replica.call(600, TWO, true, Map.of("a/x", FAST, "b/x", FAST));
		assertThat(replica.call(500, TWO, true, Map.of("a/x", FAST, "b/x", FAST)).get("a/x")).isBetween(100, 400);
	}

	@ParameterizedTest
	@EnumSource
	void targetThatBecameFastIsAskedAgain(ScoredBy measure) {
		Replica replica = new Replica(measure);
		replica.call(300, TWO, true, Map.of("a/x", FAST.multipliedBy(20), "b/x", FAST));
		replica.call(600, TWO, true, Map.of("a/x", FAST, "b/x", FAST));
		assertThat(replica.call(500, TWO, true, Map.of("a/x", FAST, "b/x", FAST)).get("a/x")).isBetween(100, 400);
	}

	@ParameterizedTest
	@EnumSource
	void breakdownIsNoticedAfterAFewCalls(ScoredBy measure) {
		Replica replica = new Replica(measure);
		replica.call(300, TWO, true, Map.of("a/x", FAST, "b/x", FAST.multipliedBy(3)));
		for (int i = 0; i < 10; i++) {
			replica.failed("a/x", ErrorKind.OVERLOADED);
		}
		assertThat(firsts(replica, TWO, true, 1000).get("b/x")).isGreaterThan(700);
	}

	/**
	 * Targets get slower the more they are asked. Were all replicas to ask the best, the
	 * whole load would go from one to the other.
	 */
	@ParameterizedTest
	@EnumSource
	void thousandReplicasDoNotHerd(ScoredBy measure) {
		AtomicLong clock = new AtomicLong();
		List<Replica> replicas = IntStream.range(0, 1000)
			.mapToObj((seed) -> new Replica(measure, seed, clock))
			.toList();
		Map<String, Integer> load = new HashMap<>(Map.of("a/x", 333, "b/x", 333, "c/x", 333));
		for (int second = 0; second < 60; second++) {
			Map<String, Integer> before = Map.copyOf(load);
			load.replaceAll((target, calls) -> 0);
			for (Replica replica : replicas) {
				String first = replica.selection.order(THREE, LlmRequest.of("Hi")).get(0).target().toString();
				load.merge(first, 1, Integer::sum);
				replica.answered(first, FAST.multipliedBy(50 + before.get(first)).dividedBy(100), false);
			}
			clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
			assertThat(load.values()).as("second " + second)
				.allSatisfy((calls) -> assertThat(calls).isBetween(150, 600));
		}
	}

	@ParameterizedTest
	@EnumSource
	void everybodyIsInTheOrderOnce(ScoredBy measure) {
		Replica replica = new Replica(measure);
		for (int i = 0; i < 100; i++) {
			assertThat(Chains.names(replica.selection.order(THREE, LlmRequest.of("Hi"))))
				.containsExactlyInAnyOrder("a/x", "b/x", "c/x");
		}
	}

	@WholeAndStreamed
	void wholeAnswersAndFirstTokensAreNotCompared(boolean streamed) {
		Replica replica = new Replica(ScoredBy.LATENCY);
		for (int i = 0; i < 20; i++) {
			replica.answered("a/x", FAST, true);
			replica.answered("a/x", FAST.multipliedBy(50), false);
			replica.answered("b/x", FAST.multipliedBy(25), streamed);
		}
		String best = streamed ? "a/x" : "b/x";
		assertThat(firsts(replica, TWO, streamed, 1000).get(best)).isGreaterThan(700);
	}

	@ParameterizedTest
	@EnumSource
	void primaryTargetIsJudgedByTheModelThatIsAskedFor(ScoredBy measure) {
		Replica replica = new Replica(measure);
		for (int i = 0; i < 20; i++) {
			replica.failed("a/y", ErrorKind.SERVER_ERROR);
			replica.answered("a/x", FAST, false);
			replica.answered("b/x", FAST, false);
		}
		long asked = IntStream.range(0, 1000)
			.filter((i) -> replica.selection.order(TWO, LlmRequest.builder().model("y").build())
				.get(0)
				.target()
				.equals(Target.parse("a/x")))
			.count();
		assertThat(asked).isLessThan(30);
	}

	private static Map<String, Integer> firsts(Replica replica, List<Candidate> chain, boolean streamed, int times) {
		Map<String, Integer> firsts = new HashMap<>();
		for (int i = 0; i < times; i++) {
			List<Candidate> order = replica.selection.order(chain, LlmRequest.of("Hi").withStreaming(streamed));
			firsts.merge(order.get(0).target().toString(), 1, Integer::sum);
		}
		chain.forEach((one) -> firsts.putIfAbsent(one.target().toString(), 0));
		return firsts;
	}

}
