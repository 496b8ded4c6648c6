package io.arcllm.autoconfigure;

import io.arcllm.LlmConfigException;
import org.jspecify.annotations.Nullable;

/**
 * A mistake in the configuration, told in two parts: what is wrong, and how to mend it.
 */
class ConfigMistake extends LlmConfigException {

	private final String description;

	private final String action;

	ConfigMistake(@Nullable String key, String description, String action) {
		super(key, description + " " + action);
		this.description = description;
		this.action = action;
	}

	String description() {
		return this.description;
	}

	String action() {
		return this.action;
	}

}
