package io.arcllm.autoconfigure;

import java.util.Map;

import io.arcllm.CallOptions.ModuleOverride;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmProvider;

/**
 * In the place of a module that cannot be there: says why when somebody switches it on.
 *
 * @param name the module
 * @param expected whether it would be there if it was on in the configuration
 * @param reason why it cannot be there
 */
record AbsentModule(String name, boolean expected, String reason) implements ModuleFactory {

	private static final Map<String, String> LIBRARIES = Map.of("circuit-breaker",
			"io.github.resilience4j:resilience4j-circuitbreaker", "rate-limit", "com.bucket4j:bucket4j_jdk17-core");

	/** The library of the module is not on the class path. */
	static AbsentModule withoutLibrary(String name) {
		return new AbsentModule(name, true,
				"its library is not on the class path: add the dependency " + LIBRARIES.get(name));
	}

	/** Nobody said where in the stack it stands. */
	static AbsentModule withoutPlace(String name) {
		return new AbsentModule(name, false, "it is not in arcllm.modules.order: add it there");
	}

	static boolean needsLibrary(String name) {
		return LIBRARIES.containsKey(name);
	}

	@Override
	public LlmProvider around(LlmProvider inner, Place place) {
		ModuleOverride override = place.options().modules().get(this.name);
		boolean wanted = this.expected || (override != null && Boolean.TRUE.equals(override.effectivelyEnabled()));
		if (wanted) {
			throw new LlmConfigException("arcllm.modules." + this.name + ".enabled",
					"The module '" + this.name + "' is on for " + place.provider() + ", but " + this.reason);
		}
		return inner;
	}

}
