package io.arcllm.module.routing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;

import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.Candidate;
import io.arcllm.module.Selection;

/**
 * Asks the cheapest target first, and targets without a price last.
 */
public final class CostSelection implements Selection {

	private final ToDoubleBiFunction<Target, LlmRequest> cost;

	/**
	 * @param cost the estimated cost of a request at a target; infinite if that is not
	 * known
	 */
	public CostSelection(ToDoubleBiFunction<Target, LlmRequest> cost) {
		this.cost = cost;
	}

	@Override
	public List<Candidate> order(List<Candidate> chain, LlmRequest request) {
		List<Priced> priced = new ArrayList<>(chain.size());
		IntStream.range(0, chain.size())
			.forEach((i) -> priced.add(new Priced(chain.get(i),
					this.cost.applyAsDouble(SelectionOrder.target(chain, i, request), request))));
		priced.sort(Comparator.comparingDouble(Priced::cost));
		return priced.stream().map(Priced::candidate).toList();
	}

	private record Priced(Candidate candidate, double cost) {
	}

}
