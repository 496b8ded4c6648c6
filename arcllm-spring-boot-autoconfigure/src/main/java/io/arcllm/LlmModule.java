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

}
