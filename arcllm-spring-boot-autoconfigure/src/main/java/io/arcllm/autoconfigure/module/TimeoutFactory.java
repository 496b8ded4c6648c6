package io.arcllm.autoconfigure.module;

import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.module.attempt.TimeoutModule;
import io.arcllm.module.attempt.TimeoutSettings;

/**
 * Puts timeouts into stacks.
 *
 * @param settings the settings at each position
 */
public record TimeoutFactory(ModuleSettings settings) implements ModuleFactory {

	@Override
	public String name() {
		return "timeout";
	}

	@Override
	public LlmProvider around(LlmProvider inner, StackPosition position) {
		return new TimeoutModule(inner, this.settings.bind(name(), TimeoutSettings.class, position));
	}

}
