package io.arcllm.autoconfigure.stack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.module.Readiness;

/**
 * Puts one kind of module into stacks, and keeps what stacks of one target share. A
 * module of the library is one bean of this type.
 */
public interface ModuleFactory {

	/**
	 * The module's name under {@code arcllm.modules} and in {@code order}.
	 */
	String name();

	/**
	 * Wraps a provider. Asked only where the module is on.
	 */
	LlmProvider around(LlmProvider inner, StackPosition place);

	/**
	 * Whether the module would let a call through to that target now.
	 */
	default Readiness readiness(StackPosition place) {
		return Readiness.READY;
	}

	/**
	 * Wraps an attempt, inside all other modules. Asked only where the module is on.
	 */
	default LlmProvider aroundAttempt(LlmProvider attempt, StackPosition place) {
		return attempt;
	}

	/**
	 * What it knows about each target now, for the actuator: records without secrets.
	 */
	default Map<Target, List<?>> states() {
		return Map.of();
	}

	/** The states of engines. */
	static <E> Map<Target, List<?>> states(Engines<?, E> engines, Function<E, ?> status) {
		Map<Target, List<?>> states = new LinkedHashMap<>();
		engines.byTarget().forEach((target, all) -> states.put(target, all.stream().map(status).toList()));
		return states;
	}

}
