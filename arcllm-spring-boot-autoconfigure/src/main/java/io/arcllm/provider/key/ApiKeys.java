package io.arcllm.provider.key;

import java.util.List;

import io.arcllm.LlmException;
import io.arcllm.RequestMetadata;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Provides the keys of a provider's requests. Safe for use by many threads.
 */
@FunctionalInterface
public interface ApiKeys {

	/**
	 * The key for the next request, or {@code null} if there is none.
	 */
	@Nullable String next();

	/**
	 * A request with that key failed.
	 */
	default void failed(@Nullable String key, LlmException failure) {
	}

	/**
	 * A request with that key was answered.
	 */
	default void answered(@Nullable String key) {
	}

	/**
	 * Completes when {@link #next} has a key, without holding a thread, or fails.
	 */
	default Mono<Void> ready() {
		return Mono.empty();
	}

	/**
	 * Whether {@link #ready} must complete before {@link #next} is called.
	 */
	default boolean mayBlock() {
		return false;
	}

	/**
	 * Whether the next request would have a key that was not refused in this way.
	 */
	default boolean hasAnother(LlmException failure) {
		return false;
	}

	/**
	 * Whether a refused key may be replaced by another at all.
	 */
	default boolean mayRotate() {
		return false;
	}

	/**
	 * The keys of the caller of a request.
	 */
	default ApiKeys ofCaller(RequestMetadata metadata) {
		return this;
	}

	/**
	 * Whether callers may have keys of their own.
	 */
	default boolean areOfTenants() {
		return false;
	}

	/**
	 * Forgets keys that were brought, so that they are brought again.
	 * @param tenant the tenant; {@code null} for all
	 * @return how many there were
	 */
	default int forget(@Nullable String tenant) {
		return 0;
	}

	/**
	 * The state of each key, if there are several.
	 */
	default List<KeyPool.State> states() {
		return List.of();
	}

	/**
	 * Always the same key. A blank key is none; white space around a key is removed.
	 */
	static ApiKeys of(@Nullable String key) {
		String stripped = (key == null || key.isBlank()) ? null : key.strip();
		return () -> stripped;
	}

}
