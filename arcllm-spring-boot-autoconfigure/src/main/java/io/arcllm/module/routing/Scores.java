package io.arcllm.module.routing;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.Target;
import io.arcllm.Trail;
import io.arcllm.module.CallListener;

/**
 * An observer: how every target has done lately, learnt from the attempts of all calls of
 * the process. Failures count that are the target's own; who lets go of an attempt, such
 * as a hedge that has its answer, says nothing about the target.
 */
public final class Scores implements CallListener {

	/** Models that callers make up are no reason to keep ever more scores. */
	private static final int MOST_KEPT = 1000;

	private final LongSupplier nanos;

	private final Map<Target, Score> scores = new ConcurrentHashMap<>();

	private volatile boolean wanted;

	/**
	 * @param nanos a clock, in nanoseconds
	 */
	public Scores(LongSupplier nanos) {
		this.nanos = nanos;
	}

	/**
	 * Somebody selects by scores: until then none are kept, since they have their price.
	 */
	void want() {
		this.wanted = true;
	}

	@Override
	public void ended(Attempt attempt, Trail before) {
		if (!this.wanted) {
			return;
		}
		ErrorKind error = attempt.error();
		boolean succeeded = attempt.outcome() == Attempt.Outcome.COMPLETED;
		boolean failed = attempt.outcome() == Attempt.Outcome.FAILED && error != null && error.isCountedByBreaker();
		if ((succeeded || failed) && (this.scores.size() < MOST_KEPT || this.scores.containsKey(attempt.target()))) {
			this.scores.compute(attempt.target(),
					(target, score) -> next((score == null) ? Score.UNTRIED : score, attempt, succeeded));
		}
	}

	private Score next(Score score, Attempt attempt, boolean succeeded) {
		// read here, so that the results of a target are in the order of time
		long now = this.nanos.getAsLong();
		if (!succeeded) {
			return score.failed(now);
		}
		return (attempt.firstToken() == null) ? score.succeeded(false, attempt.duration(), now)
				: score.succeeded(true, attempt.firstToken(), now);
	}

	long now() {
		return this.nanos.getAsLong();
	}

	Score of(Target target) {
		return this.scores.getOrDefault(target, Score.UNTRIED);
	}

}
