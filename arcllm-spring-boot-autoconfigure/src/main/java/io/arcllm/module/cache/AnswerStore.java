package io.arcllm.module.cache;

import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Where answers are kept. Never blocks. Safe for use by many threads.
 */
public interface AnswerStore {

	/**
	 * The answer of that key; {@code null} if there is none. Never fails: a store that
	 * cannot be reached has none.
	 */
	CompletableFuture<@Nullable CachedAnswer> get(String key);

	/** Keeps an answer. */
	void put(String key, CachedAnswer answer);

	/**
	 * Forgets the answers of a tenant.
	 * @param tenant all where it is {@code null}
	 * @return how many; empty where that is not known
	 */
	OptionalLong forget(@Nullable String tenant);

	/** About how many there are; empty where that is not known. */
	default OptionalLong entries() {
		return OptionalLong.empty();
	}

}
