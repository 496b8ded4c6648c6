package io.arcllm.autoconfigure.stack;

import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.module.Readiness;

/**
 * One kind of gate: its settings, engine and module.
 *
 * @param <S> its settings
 * @param <E> its engine
 */
public interface Gate<S, E extends Readiness> {

	/** The module's name under {@code arcllm.modules}. */
	String name();

	/** The record of its settings. */
	Class<S> settings();

	/** Makes the engine of a target. */
	E engine(Target target, S settings);

	/**
	 * Checks that the gate can be made.
	 * @param target the target of the gate
	 * @throws io.arcllm.LlmConfigException if there is such a mistake
	 */
	default void check(Target target, S settings) {
	}

	/** Applies new settings to an engine, which keeps its state. */
	void use(E engine, S newer);

	/** Wraps a provider. */
	LlmProvider module(LlmProvider inner, E engine);

	/** The state of an engine, as the actuator shows it. */
	Object status(E engine);

}
