package io.arcllm.autoconfigure.stack;

import java.util.List;
import java.util.function.UnaryOperator;

import io.arcllm.LlmProvider;

/**
 * One wrapper of a stack: what builds the stack is what the actuator shows of it.
 *
 * @param name as it is shown, such as {@code circuit-breaker}
 * @param wrapper puts it around what is inside of it
 */
record Layer(String name, UnaryOperator<LlmProvider> wrapper) {

	/**
	 * Puts layers around a provider.
	 * @param layers from the outside in
	 */
	static LlmProvider around(LlmProvider provider, List<Layer> layers) {
		LlmProvider stack = provider;
		for (int i = layers.size() - 1; i >= 0; i--) {
			stack = layers.get(i).wrapper().apply(stack);
		}
		return stack;
	}

	/** Their names, from the outside in. */
	static List<String> names(List<Layer> layers) {
		return layers.stream().map(Layer::name).toList();
	}

}
