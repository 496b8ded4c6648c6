package io.arcllm.autoconfigure;

import io.arcllm.LlmProvider;
import io.arcllm.module.Readiness;

/**
 * Puts one kind of module into stacks, and keeps what stacks of one target share. A
 * module of the library is one bean of this type.
 */
interface ModuleFactory {

	/**
	 * The module's name under {@code arcllm.modules} and in {@code order}.
	 */
	String name();

	/**
	 * Wraps a provider. Asked only where the module is on.
	 */
	LlmProvider around(LlmProvider inner, Place place);

	/**
	 * Whether the module would let a call through to that target now.
	 */
	default Readiness readiness(Place place) {
		return Readiness.READY;
	}

}
