package io.arcllm.autoconfigure.config;

import io.arcllm.CallOptions;
import io.arcllm.Target;

/**
 * Where in a stack a module stands.
 *
 * @param target the target that is wrapped; the primary one for what wraps a whole chain
 * @param options what differs from the configuration
 */
public record StackPosition(Target target, CallOptions options) {

	public String provider() {
		return this.target.provider();
	}

}
