package io.arcllm.module.ratelimit;

import io.arcllm.Target;

/**
 * Where rate limits with {@code store: redis} keep their levels. A bean of the
 * application's own takes the place of Redis.
 */
@FunctionalInterface
public interface SharedLimitStores {

	/**
	 * Makes the store of a target's limit; asked once for each. Must not block.
	 */
	LimitStore create(Target target, RateLimitSettings settings);

	/**
	 * Finds what stores cannot be made without.
	 * @throws io.arcllm.LlmConfigException if it is not there
	 */
	default void check() {
	}

}
