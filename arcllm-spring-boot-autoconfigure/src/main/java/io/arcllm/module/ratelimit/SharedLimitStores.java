package io.arcllm.module.ratelimit;

import io.arcllm.Target;

/**
 * Makes the stores of rate limits with {@code store: redis}. A bean of the application
 * replaces Redis.
 */
@FunctionalInterface
public interface SharedLimitStores {

	/**
	 * Makes the store of a target's limit; called once for each limit. Must not block.
	 */
	LimitStore create(Target target, RateLimitSettings settings);

	/**
	 * Checks that stores can be made.
	 * @throws io.arcllm.LlmConfigException if something is missing, such as a library or
	 * a connection
	 */
	default void check() {
	}

}
