package io.arcllm.autoconfigure.stack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.ProviderDefinitions;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.module.Readiness;
import org.jspecify.annotations.Nullable;

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
	 * Wraps a provider. Called only where the module is on.
	 */
	LlmProvider around(LlmProvider inner, StackPosition position);

	/**
	 * Wraps a whole stack, outside all other modules whatever their order. Called only
	 * where the module is on.
	 */
	default LlmProvider aroundAll(LlmProvider stack, StackPosition position) {
		return stack;
	}

	/**
	 * Whether the module would let a call through to that target now.
	 */
	default Readiness readiness(StackPosition position) {
		return Readiness.READY;
	}

	/** Whether the module wraps attempts, too. */
	default boolean wrapsAttempts() {
		return false;
	}

	/**
	 * Wraps an attempt, inside all other modules. Called only where the module is on.
	 */
	default LlmProvider aroundAttempt(LlmProvider attempt, StackPosition position) {
		return attempt;
	}

	/**
	 * The state of the module for each target, for the actuator: records without secrets.
	 */
	default Map<Target, List<?>> states() {
		return Map.of();
	}

	/**
	 * The state as it is shown, by target or by the name of a limit.
	 */
	default Map<String, List<?>> levels() {
		Map<String, List<?>> levels = new LinkedHashMap<>();
		states().forEach((target, all) -> levels.put(target.toString(), all));
		return levels;
	}

	/**
	 * Forgets what is kept of a tenant's calls.
	 * @param tenant the tenant; {@code null} for all
	 * @return how much was forgotten; empty if that is not known
	 */
	default OptionalLong forget(@Nullable String tenant) {
		return OptionalLong.of(0);
	}

	/**
	 * Checks that the module can be made where it is on.
	 * @param settings of all modules, in use or not
	 * @param definitions the providers
	 * @throws io.arcllm.LlmConfigException if there is such a mistake
	 */
	default void check(ModuleSettings settings, ProviderDefinitions definitions) {
	}

	/**
	 * The configuration is about to change: prepares to keep the state of engines.
	 * @param newer the new settings
	 * @return the second half, run when stacks are built with the new settings
	 */
	default Runnable carryOver(ModuleSettings newer) {
		return () -> {
		};
	}

	/**
	 * The engines of that type that exist so far.
	 */
	default <T> List<T> engines(Class<T> type) {
		return List.of();
	}

}
