package io.arcllm;

/**
 * The extension point: a bean of this type is put into every stack, at the place its
 * {@code @Order} or its bean name in {@code arcllm.modules.order} says.
 */
@FunctionalInterface
public interface LlmModule {

	/**
	 * Wraps a provider. Called once for each place in a stack, not once a call.
	 * @param inner what to call, with {@link LlmProvider#exchange}
	 */
	LlmProvider around(LlmProvider inner);

	/**
	 * Wraps a provider where the target matters. Called instead of
	 * {@link #around(LlmProvider)}, which is what it does unless it is overridden.
	 * @param inner what to call, with {@link LlmProvider#exchange}
	 * @param target the target that is wrapped; outside the chain the primary one
	 */
	default LlmProvider around(LlmProvider inner, Target target) {
		return around(inner);
	}

}
