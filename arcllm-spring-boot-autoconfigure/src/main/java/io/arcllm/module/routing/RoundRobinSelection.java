package io.arcllm.module.routing;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import io.arcllm.LlmRequest;
import io.arcllm.module.Candidate;
import io.arcllm.module.Selection;

/**
 * Asks the targets in turn. Calls of a target that is passed over go to the others in
 * turn, too, and not all to the next one.
 */
public final class RoundRobinSelection implements Selection {

	private final AtomicLong calls = new AtomicLong();

	@Override
	public List<Candidate> order(List<Candidate> chain, LlmRequest request) {
		long[] turn = { this.calls.getAndIncrement() & Long.MAX_VALUE };
		return SelectionOrder.order(chain, (left, count) -> {
			int chosen = (int) (turn[0] % count);
			turn[0] /= count;
			return chosen;
		});
	}

}
