package io.arcllm.module.routing;

import java.util.ArrayList;
import java.util.List;

import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.Candidate;

/**
 * Puts a chain in order by choosing again and again among the targets that are left. So
 * the second target is chosen, too, and is not the same for all calls.
 */
final class SelectionOrder {

	private SelectionOrder() {
	}

	static List<Candidate> order(List<Candidate> chain, Choice choice) {
		int count = chain.size();
		int[] left = new int[count];
		for (int i = 0; i < count; i++) {
			left[i] = i;
		}
		List<Candidate> ordered = new ArrayList<>(count);
		for (; count > 0; count--) {
			int chosen = (count == 1) ? 0 : choice.among(left, count);
			ordered.add(chain.get(left[chosen]));
			System.arraycopy(left, chosen + 1, left, chosen, count - chosen - 1);
		}
		return ordered;
	}

	/**
	 * The target that would be asked: the primary one with the request's own model, the
	 * others with theirs.
	 */
	static Target target(List<Candidate> chain, int index, LlmRequest request) {
		Target target = chain.get(index).target();
		String model = request.model();
		return (index > 0 || model == null || model.equals(target.model())) ? target
				: new Target(target.provider(), model);
	}

	/**
	 * Draws one of the targets that are left, by their weights.
	 * @param random at least 0 and below 1
	 */
	static int draw(double[] weights, int[] left, int count, double random) {
		double sum = 0;
		for (int i = 0; i < count; i++) {
			sum += weights[left[i]];
		}
		double at = random * sum;
		int chosen = 0;
		for (int i = 0; i < count; i++) {
			double weight = weights[left[i]];
			if (weight > 0) {
				chosen = i;
				if (at < weight) {
					return i;
				}
				at -= weight;
			}
		}
		return chosen;
	}

	/**
	 * Chooses the next target.
	 */
	@FunctionalInterface
	interface Choice {

		/**
		 * The index of the choice among the first {@code count} of {@code left}.
		 */
		int among(int[] left, int count);

	}

}
