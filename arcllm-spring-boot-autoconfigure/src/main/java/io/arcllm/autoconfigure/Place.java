package io.arcllm.autoconfigure;

import io.arcllm.CallOptions;
import io.arcllm.Target;

/**
 * Where in a stack a module stands.
 *
 * @param target the target that is wrapped; the primary one for what wraps a whole chain
 * @param options what differs from the configuration
 */
record Place(Target target, CallOptions options) {

	String provider() {
		return this.target.provider();
	}

}
