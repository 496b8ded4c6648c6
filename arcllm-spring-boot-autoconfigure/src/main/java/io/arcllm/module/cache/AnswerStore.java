package io.arcllm.module.cache;

import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Keeps answers by key. Never blocks. Safe for use by many threads.
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
	 * @param tenant the tenant; {@code null} for all
	 * @return how many; empty if that is not known
	 */
	OptionalLong forget(@Nullable String tenant);

	/** About how many answers are kept; empty if that is not known. */
	default OptionalLong entries() {
		return OptionalLong.empty();
	}

}
