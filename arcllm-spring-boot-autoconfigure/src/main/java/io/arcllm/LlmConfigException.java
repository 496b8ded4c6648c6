package io.arcllm;

import org.jspecify.annotations.Nullable;

/**
 * The configuration is wrong. The message names the key and what to change, and never
 * contains a secret.
 */
public class LlmConfigException extends RuntimeException {

	private final @Nullable String key;

	public LlmConfigException(String message) {
		this(null, message);
	}

	/**
	 * @param key the configuration key that is wrong, such as {@code arcllm.provider}
	 * @param message what is wrong and what to change
	 */
	public LlmConfigException(@Nullable String key, String message) {
		super(message);
		this.key = key;
	}

	/**
	 * The configuration key that is wrong, if a key is wrong.
	 */
	public @Nullable String key() {
		return this.key;
	}

}
