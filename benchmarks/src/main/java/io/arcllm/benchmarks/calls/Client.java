package io.arcllm.benchmarks.calls;

import reactor.core.publisher.Mono;

/**
 * One way to ask the vendor. Each answers with how much of the answer it read, so that no
 * comparison is won by reading less.
 */
public interface Client {

	String name();

	/** How many characters the answer has. */
	Mono<Integer> whole();

	/** How many characters the deltas have. */
	Mono<Integer> stream();

}
