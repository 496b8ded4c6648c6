package io.arcllm.module.routing;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.Target;
import io.arcllm.Trail;
import io.arcllm.module.CallListener;

/**
 * An observer: the recent results of every target, learnt from the attempts of all calls
 * of the process. Only the target's own failures count. A cancelled attempt, such as one
 * that lost a hedge, says nothing about the target. Safe for use by many threads.
 */
public final class Scores implements CallListener {

	/** The most scores that are kept, because callers may invent models. */
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
	 * Called by a selection that reads scores; until then none are kept, because they
	 * cost time.
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
		// read here, so that the results of a target are in chronological order
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

	/**
	 * The recent results of a target. About the last ten results count, older ones less;
	 * after some minutes without any, the target counts as untried.
	 *
	 * @param results how many results count
	 * @param successes how many of them were good
	 * @param whole how long whole answers took
	 * @param streamed how long streams took to their first token
	 * @param at when the last result came, in nanoseconds
	 */
	record Score(double results, double successes, Pace whole, Pace streamed, long at) {

		private static final double KEPT_AT_A_RESULT = 0.9;

		private static final double HALF_LIFE = Duration.ofSeconds(30).toNanos();

		private static final double ASSUMED_SUCCESS = 0.8;

		private static final double ASSUMED_SLOWNESS = 2;

		private static final double FORGOTTEN = 0.05;

		static final Score UNTRIED = new Score(0, 0, Pace.UNKNOWN, Pace.UNKNOWN, 0);

		Score failed(long now) {
			double kept = kept(now);
			return new Score(this.results * kept * KEPT_AT_A_RESULT + 1, this.successes * kept * KEPT_AT_A_RESULT,
					this.whole.fade(kept), this.streamed.fade(kept), now);
		}

		Score succeeded(boolean streamed, Duration took, long now) {
			double kept = kept(now);
			Pace whole = this.whole.fade(kept);
			Pace first = this.streamed.fade(kept);
			return new Score(this.results * kept * KEPT_AT_A_RESULT + 1, this.successes * kept * KEPT_AT_A_RESULT + 1,
					streamed ? whole : whole.plus(took), streamed ? first.plus(took) : first, now);
		}

		/**
		 * The expected share of calls that it answers; above 0 and below 1.
		 */
		double success(long now) {
			double kept = kept(now);
			return (this.successes * kept + ASSUMED_SUCCESS) / (this.results * kept + 1);
		}

		/**
		 * The mean time in nanoseconds; 0 if nothing is known, or only old results are.
		 */
		double pace(boolean streamed, long now) {
			Pace pace = pace(streamed, this);
			return (pace.weight * kept(now) < FORGOTTEN) ? 0 : pace.sum / pace.weight;
		}

		/**
		 * The expected speed relative to the fastest target: 1 is as fast, 0.5 half as
		 * fast.
		 * @param fastest the pace of the fastest; zero if none is known
		 */
		double speed(boolean streamed, double fastest, long now) {
			if (fastest == 0) {
				return 1 / ASSUMED_SLOWNESS;
			}
			Pace pace = pace(streamed, this);
			double kept = kept(now);
			return fastest * (pace.weight * kept + 1) / (pace.sum * kept + fastest * ASSUMED_SLOWNESS);
		}

		private static Pace pace(boolean streamed, Score score) {
			return streamed ? score.streamed : score.whole;
		}

		private double kept(long now) {
			return (this.results == 0) ? 0 : Math.exp(-Math.max(0, now - this.at) * Math.log(2) / HALF_LIFE);
		}

		/**
		 * An exponentially weighted mean.
		 *
		 * @param sum of the weighted times, in nanoseconds
		 * @param weight of all of them
		 */
		record Pace(double sum, double weight) {

			static final Pace UNKNOWN = new Pace(0, 0);

			Pace plus(Duration took) {
				return new Pace(this.sum * KEPT_AT_A_RESULT + Math.max(1, took.toNanos()),
						this.weight * KEPT_AT_A_RESULT + 1);
			}

			Pace fade(double kept) {
				return new Pace(this.sum * kept, this.weight * kept);
			}

		}

	}

}
