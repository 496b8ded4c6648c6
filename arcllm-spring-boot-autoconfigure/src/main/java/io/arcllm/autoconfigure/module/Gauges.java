package io.arcllm.autoconfigure.module;

import java.util.function.Supplier;

import io.arcllm.Target;

/**
 * Registers gauges of engines, if there is a registry.
 */
@FunctionalInterface
public interface Gauges {

	/** There is no registry. */
	Gauges NONE = (name, target, value, tags) -> {
	};

	/**
	 * Shows a level of a target's engine.
	 * @param value called whenever the level is read
	 * @param tags names and values, in turn
	 */
	void gauge(String name, Target target, Supplier<Number> value, String... tags);

}
