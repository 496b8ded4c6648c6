package io.arcllm.provider;

import io.arcllm.LlmException;
import org.jspecify.annotations.Nullable;

/**
 * Says which key a request carries. Safe for use by many threads.
 */
@FunctionalInterface
public interface ApiKeys {

	/**
	 * The key for the next request, or {@code null} where there is none.
	 */
	@Nullable String next();

	/**
	 * A request with that key failed.
	 */
	default void failed(@Nullable String key, LlmException failure) {
	}

	/**
	 * Always the same key. Blank is none; the white space around a key is not part of it.
	 */
	static ApiKeys of(@Nullable String key) {
		String stripped = (key == null || key.isBlank()) ? null : key.strip();
		return () -> stripped;
	}

}
