package io.arcllm;

/**
 * The extension point: a bean of this type is part of every stack, at the place that its
 * {@code @Order} or its bean name in {@code arcllm.modules.order} gives it.
 */
@FunctionalInterface
public interface LlmModule {

	/**
	 * Wraps a provider. Called when a stack is made, not once for each call. The result
	 * must be safe for use by many threads.
	 * @param inner what to call, with {@link LlmProvider#exchange}
	 */
	LlmProvider around(LlmProvider inner);

	/**
	 * Wraps a provider, with its target. Called instead of {@link #around(LlmProvider)},
	 * to which it delegates unless it is overridden.
	 * @param inner what to call, with {@link LlmProvider#exchange}
	 * @param target the target that is wrapped; for a module outside the chain, the
	 * primary target
	 */
	default LlmProvider around(LlmProvider inner, Target target) {
		return around(inner);
	}

}
