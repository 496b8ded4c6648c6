package io.arcllm.autoconfigure;

import io.arcllm.LlmProvider;
import io.arcllm.module.timeout.TimeoutModule;
import io.arcllm.module.timeout.TimeoutSettings;

/**
 * Puts timeouts into stacks.
 */
record TimeoutFactory(ModuleSettings settings) implements ModuleFactory {

	@Override
	public String name() {
		return "timeout";
	}

	@Override
	public LlmProvider around(LlmProvider inner, Place place) {
		return new TimeoutModule(inner, this.settings.bind(name(), TimeoutSettings.class, place));
	}

}
