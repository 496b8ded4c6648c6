package io.arcllm.autoconfigure.stack;

import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.module.Readiness;

/**
 * What one kind of gate is made of.
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
	 * Finds what it cannot be made with.
	 * @param target that is to have the gate
	 * @throws io.arcllm.LlmConfigException if there is such a mistake
	 */
	default void check(Target target, S settings) {
	}

	/** Gives an engine other settings; it forgets nothing. */
	void use(E engine, S newer);

	/** Wraps a provider. */
	LlmProvider module(LlmProvider inner, E engine);

	/** What an engine knows now, as the actuator shows it. */
	Object status(E engine);

}
