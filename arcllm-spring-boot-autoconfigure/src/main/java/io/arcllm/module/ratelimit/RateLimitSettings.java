package io.arcllm.module.ratelimit;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How many requests and tokens a target gets.
 *
 * @param requestsPerMinute requests a minute; unset for no limit
 * @param tokensPerMinute tokens a minute, input and output together; unset for no limit
 * @param burst requests that may be sent at once after a pause; unset for those of a
 * whole minute
 * @param maxWait the longest wait for a turn; a call that would wait longer is refused at
 * once
 * @param by what has a limit of its own: the target, or each tenant of the target
 * @param store where the levels are kept: memory or redis
 * @param onStoreFailure what happens while the store cannot be reached: local, open or
 * closed
 */
public record RateLimitSettings(@Nullable Integer requestsPerMinute, @Nullable Integer tokensPerMinute,
		@Nullable Integer burst, Duration maxWait, By by, Store store, OnStoreFailure onStoreFailure) {

	/**
	 * What has a limit.
	 */
	public enum By {

		/** The target, for all calls together. */
		TARGET,

		/** Each tenant; calls without a tenant share a limit. */
		TENANT

	}

	/**
	 * Where levels are kept.
	 */
	public enum Store {

		/** In this process. */
		MEMORY,

		/** In Redis, for all replicas of an application together. */
		REDIS

	}

	/**
	 * What happens while the store cannot be reached.
	 */
	public enum OnStoreFailure {

		/** Each replica keeps to the whole limit by itself. */
		LOCAL,

		/** All calls go through. */
		OPEN,

		/** No call goes through. */
		CLOSED

	}

	public RateLimitSettings {
		check(requestsPerMinute != null || tokensPerMinute != null,
				"requests-per-minute or tokens-per-minute must be set");
		check(requestsPerMinute == null || requestsPerMinute >= 1,
				"requests-per-minute must be 1 or more, was " + requestsPerMinute);
		check(tokensPerMinute == null || tokensPerMinute >= 1,
				"tokens-per-minute must be 1 or more, was " + tokensPerMinute);
		check(burst == null || burst >= 1, "burst must be 1 or more, was " + burst);
		check(burst == null || requestsPerMinute != null, "burst needs requests-per-minute");
		check(!maxWait.isNegative(), "max-wait must be 0 or more, was " + maxWait);
	}

	private static void check(boolean right, String message) {
		if (!right) {
			throw new IllegalArgumentException(message);
		}
	}

}
