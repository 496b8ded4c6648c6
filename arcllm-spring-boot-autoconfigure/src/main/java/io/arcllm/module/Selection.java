package io.arcllm.module;

import java.util.List;

/**
 * Decides in which order the targets of a chain are asked. Safe for use by many threads.
 */
@FunctionalInterface
public interface Selection {

	/** As configured. */
	Selection ORDERED = (chain) -> chain;

	/**
	 * The same targets in the order in which this call asks them.
	 */
	List<Candidate> order(List<Candidate> chain);

}
