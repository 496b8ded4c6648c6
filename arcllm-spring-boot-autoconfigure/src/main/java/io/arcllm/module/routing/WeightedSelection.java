package io.arcllm.module.routing;

import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.Candidate;
import io.arcllm.module.Selection;

/**
 * Asks the targets at random, by their weights. A target with weight 0 is asked when all
 * others have failed.
 */
public final class WeightedSelection implements Selection {

	private final ToDoubleFunction<Target> weights;

	private final DoubleSupplier random;

	/**
	 * @param weights zero or more for each target
	 * @param random at least 0 and below 1
	 */
	public WeightedSelection(ToDoubleFunction<Target> weights, DoubleSupplier random) {
		this.weights = weights;
		this.random = random;
	}

	@Override
	public List<Candidate> order(List<Candidate> chain, LlmRequest request) {
		double[] weights = chain.stream().map(Candidate::target).mapToDouble(this.weights).toArray();
		return SelectionOrder.order(chain,
				(left, count) -> SelectionOrder.draw(weights, left, count, this.random.getAsDouble()));
	}

}
