package io.arcllm;

/**
 * How one call uses the cache, where it differs from what is configured.
 */
public enum CacheMode {

	/** Neither reads it nor writes to it. */
	OFF,

	/** Asks anew, and replaces the entry. */
	REFRESH,

	/** Takes what is there, and sends nothing where nothing is. */
	ONLY

}
