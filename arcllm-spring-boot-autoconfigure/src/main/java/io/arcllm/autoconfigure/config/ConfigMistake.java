package io.arcllm.autoconfigure.config;

import io.arcllm.LlmConfigException;
import org.jspecify.annotations.Nullable;

/**
 * A mistake in the configuration: what is wrong, and what to change.
 */
public class ConfigMistake extends LlmConfigException {

	private final String description;

	private final String action;

	public ConfigMistake(@Nullable String key, String description, String action) {
		super(key, description + " " + action);
		this.description = description;
		this.action = action;
	}

	/** The same, with where it is written. */
	ConfigMistake at(@Nullable String origin) {
		if (origin == null || this.description.contains(origin)) {
			return this;
		}
		String what = this.description.replaceAll("\\.$", "");
		String located = what + " (" + origin + ")" + (what.equals(this.description) ? "" : ".");
		ConfigMistake same = new ConfigMistake(key(), located, this.action);
		same.setStackTrace(getStackTrace());
		return same;
	}

	public String description() {
		return this.description;
	}

	public String action() {
		return this.action;
	}

}
