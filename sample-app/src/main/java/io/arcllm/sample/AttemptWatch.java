package io.arcllm.sample;

import io.arcllm.LlmException;
import io.arcllm.Target;

/**
 * Is notified of a call's requests while it is under way. It stands in the Reactor
 * context under this class. Called by one thread at a time.
 */
public interface AttemptWatch {

	/**
	 * A request is about to go out.
	 */
	void started(Target target);

	/**
	 * The first event of its answer has come, and goes on to the caller unless another
	 * target was faster.
	 */
	default void speaks(Target target) {
	}

	/**
	 * It did not go out after all: the target cannot take such a request.
	 */
	default void notSent(Target target) {
	}

	/**
	 * It has failed.
	 */
	default void failed(Target target, LlmException failure) {
	}

}
