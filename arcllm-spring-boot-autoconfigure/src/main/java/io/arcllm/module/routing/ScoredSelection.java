package io.arcllm.module.routing;

import java.util.List;
import java.util.function.DoubleSupplier;

import io.arcllm.LlmRequest;
import io.arcllm.module.Candidate;
import io.arcllm.module.Selection;
import io.arcllm.module.routing.Scores.Score;

/**
 * Asks the target with the best recent results first. Two targets are drawn at random,
 * good ones more often than bad ones, and the better of the two is asked. So the replicas
 * of an application do not all go to the same target, and every target is tried now and
 * then.
 */
public final class ScoredSelection implements Selection {

	private static final double SUCCESS_SHARE = 0.7;

	private final Scores scores;

	private final ScoredBy measure;

	private final DoubleSupplier random;

	/**
	 * How targets are compared.
	 */
	public enum ScoredBy {

		/** By success, then by speed. */
		HEALTH,

		/** By speed, including attempts that fail. */
		LATENCY;

		double worth(double success, double speed) {
			return (this == LATENCY) ? success * speed : SUCCESS_SHARE * success + (1 - SUCCESS_SHARE) * speed;
		}

		/**
		 * How often a target is drawn. Sums of shares differ little between good and bad
		 * targets, so they are weighted.
		 */
		double weight(double worth) {
			return (this == LATENCY) ? worth : worth * worth * worth;
		}

	}

	/**
	 * @param scores of all targets
	 * @param measure how targets are compared
	 * @param random at least 0 and below 1
	 */
	public ScoredSelection(Scores scores, ScoredBy measure, DoubleSupplier random) {
		scores.want();
		this.scores = scores;
		this.measure = measure;
		this.random = random;
	}

	@Override
	public List<Candidate> order(List<Candidate> chain, LlmRequest request) {
		if (chain.size() < 2) {
			return chain;
		}
		double[] worth = worth(chain, request);
		double[] weights = new double[worth.length];
		for (int i = 0; i < worth.length; i++) {
			weights[i] = this.measure.weight(worth[i]);
		}
		return SelectionOrder.order(chain, (left, count) -> {
			int one = SelectionOrder.draw(weights, left, count, this.random.getAsDouble());
			int other = SelectionOrder.draw(weights, left, count, this.random.getAsDouble());
			return (worth[left[one]] >= worth[left[other]]) ? one : other;
		});
	}

	private double[] worth(List<Candidate> chain, LlmRequest request) {
		Score[] known = new Score[chain.size()];
		double fastest = 0;
		long now = this.scores.now();
		for (int i = 0; i < known.length; i++) {
			known[i] = this.scores.of(SelectionOrder.target(chain, i, request));
			double pace = known[i].pace(request.streaming(), now);
			fastest = (fastest == 0 || (pace > 0 && pace < fastest)) ? pace : fastest;
		}
		double[] worth = new double[known.length];
		for (int i = 0; i < known.length; i++) {
			worth[i] = this.measure.worth(known[i].success(now), known[i].speed(request.streaming(), fastest, now));
		}
		return worth;
	}

}
