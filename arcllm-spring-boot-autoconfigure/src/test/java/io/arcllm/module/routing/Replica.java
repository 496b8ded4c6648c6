package io.arcllm.module.routing;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.Trail;
import io.arcllm.Usage;
import io.arcllm.module.Candidate;
import io.arcllm.module.routing.ScoredSelection.ScoredBy;
import org.jspecify.annotations.Nullable;

/**
 * An application with scores and a clock of its own, which makes the same choices for the
 * same seed.
 */
final class Replica {

	private final AtomicLong clock;

	final Scores scores;

	final ScoredSelection selection;

	Replica(ScoredBy measure, long seed, AtomicLong clock) {
		this.clock = clock;
		this.scores = new Scores(clock::get);
		this.selection = new ScoredSelection(this.scores, measure, new SplittableRandom(seed)::nextDouble);
	}

	Replica(ScoredBy measure) {
		this(measure, 42, new AtomicLong(TimeUnit.DAYS.toNanos(-1)));
	}

	void pass(Duration time) {
		this.clock.addAndGet(time.toNanos());
	}

	void answered(String target, Duration took, boolean streamed) {
		ended(target, Attempt.Outcome.COMPLETED, null, streamed ? took : null, streamed ? took.plusSeconds(20) : took);
	}

	void failed(String target, ErrorKind kind) {
		ended(target, Attempt.Outcome.FAILED, kind, null, Duration.ofMillis(1));
	}

	void ended(String target, Attempt.Outcome outcome, @Nullable ErrorKind error, @Nullable Duration firstToken,
			Duration took) {
		this.scores.ended(new Attempt(Target.parse(target), outcome, Duration.ZERO, Duration.ZERO, firstToken, took,
				error, "", null, null, Usage.UNKNOWN), Trail.EMPTY);
	}

	/**
	 * Makes calls, one a second, and says how often each was asked first.
	 * @param took how long each takes to answer; those that are missing fail
	 */
	Map<String, Integer> call(int times, List<Candidate> chain, boolean streamed, Map<String, Duration> took) {
		Map<String, Integer> asked = new TreeMap<>();
		for (int i = 0; i < times; i++) {
			List<Candidate> order = this.selection.order(chain, LlmRequest.of("Hi").withStreaming(streamed));
			asked.merge(order.get(0).target().toString(), 1, Integer::sum);
			for (Candidate one : order) {
				String target = one.target().toString();
				if (took.containsKey(target)) {
					answered(target, took.get(target), streamed);
					break;
				}
				failed(target, ErrorKind.SERVER_ERROR);
			}
			pass(Duration.ofSeconds(1));
		}
		chain.forEach((one) -> asked.putIfAbsent(one.target().toString(), 0));
		return asked;
	}

}
