package io.arcllm;

/**
 * How one call uses the cache, where it differs from what is configured.
 */
public enum CacheMode {

	/** Neither reads the cache nor writes to it. */
	OFF,

	/** Asks again and replaces the cached answer. */
	REFRESH,

	/** Returns the cached answer; fails if there is none. Nothing is sent. */
	ONLY

}
