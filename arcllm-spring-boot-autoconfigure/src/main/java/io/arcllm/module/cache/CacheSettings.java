package io.arcllm.module.cache;

import java.time.Duration;

import org.springframework.util.unit.DataSize;

/**
 * Which answers are kept, and for how long.
 *
 * @param ttl how long an answer is returned for equal calls
 * @param maxEntries the largest number of answers that are kept
 * @param maxSize the approximate memory that they may take
 * @param when which calls use the cache: deterministic ones (temperature 0 or a seed, no
 * tools), or always
 * @param singleFlight whether equal calls at the same time share one request
 * @param cacheFallback whether answers of targets other than the first one are kept
 * @param staleIfError how long after its ttl an answer is returned when all targets fail;
 * 0 for never
 * @param store where answers are kept: memory, or spring for the application's
 * CacheManager
 */
public record CacheSettings(Duration ttl, int maxEntries, DataSize maxSize, When when, boolean singleFlight,
		boolean cacheFallback, Duration staleIfError, Store store) {

	/**
	 * Which calls use the cache.
	 */
	public enum When {

		/** Those with temperature 0 or a seed, and without tools. */
		DETERMINISTIC,

		/** All. */
		ALWAYS

	}

	/**
	 * Where answers are kept.
	 */
	public enum Store {

		/** In this process. */
		MEMORY,

		/** In the cache {@code arcllm} of the application's {@code CacheManager}. */
		SPRING

	}

	public CacheSettings {
		check(!ttl.isNegative() && !ttl.isZero(), "ttl must be longer than 0, was " + ttl);
		check(maxEntries >= 1, "max-entries must be 1 or more, was " + maxEntries);
		check(maxSize.toBytes() >= 1, "max-size must be more than 0, was " + maxSize);
		check(!staleIfError.isNegative(), "stale-if-error must be 0 or more, was " + staleIfError);
	}

	private static void check(boolean right, String message) {
		if (!right) {
			throw new IllegalArgumentException(message);
		}
	}

	/** How long an answer is kept: {@code ttl} and {@code stale-if-error}. */
	Duration kept() {
		return this.ttl.plus(this.staleIfError);
	}

}
