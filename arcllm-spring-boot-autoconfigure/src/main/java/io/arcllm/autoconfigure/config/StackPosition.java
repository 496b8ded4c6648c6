package io.arcllm.autoconfigure.config;

import io.arcllm.CallOptions;
import io.arcllm.Target;

/**
 * The position of a module in a stack.
 *
 * @param target the target that is wrapped; the primary one for a module around the chain
 * @param options what differs from the configuration
 */
public record StackPosition(Target target, CallOptions options) {

	public String provider() {
		return this.target.provider();
	}

}
