package io.arcllm.module;

import java.util.List;

import io.arcllm.LlmRequest;

/**
 * Decides in which order the targets of a chain are asked. Safe for use by many threads.
 */
@FunctionalInterface
public interface Selection {

	/** As configured. */
	Selection ORDERED = (chain, request) -> chain;

	/**
	 * The same targets in the order in which this call asks them. None of them is asked
	 * whether it is ready; a target that would refuse is passed over later.
	 * @param chain the primary target, which gets the request's own model, and those
	 * after it
	 */
	List<Candidate> order(List<Candidate> chain, LlmRequest request);

}
