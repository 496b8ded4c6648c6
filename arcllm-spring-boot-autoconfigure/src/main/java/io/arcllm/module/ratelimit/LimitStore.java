package io.arcllm.module.ratelimit;

import java.util.concurrent.CompletableFuture;

/**
 * Keeps the levels of a limit, in memory or shared by several replicas. Never blocks.
 * Safe for use by many threads.
 */
public interface LimitStore {

	/**
	 * Takes one request and these tokens, or nothing.
	 * @return nanoseconds until they could be taken, 0 if they were taken; fails if the
	 * level cannot be read
	 */
	CompletableFuture<Long> take(long tokens);

	/**
	 * Takes one request and these tokens, if that is possible without a remote call.
	 */
	default boolean takeNow(long tokens) {
		return false;
	}

	/**
	 * Returns positive amounts, and takes negative ones, if necessary as debt.
	 */
	void adjust(long requests, long tokens);

	/**
	 * Nanoseconds until this much could be taken, as far as this process knows.
	 */
	long waitFor(long requests, long tokens);

	/**
	 * Requests left, as far as this process knows; {@link Long#MAX_VALUE} without a
	 * limit.
	 */
	long requests();

	/**
	 * Tokens left, as far as this process knows; {@link Long#MAX_VALUE} without a limit.
	 */
	long tokens();

	/**
	 * Nanoseconds that an answer of the store may take; even a call that may not wait for
	 * its turn waits for that.
	 */
	default long latency() {
		return 0;
	}

	/**
	 * Forgets the levels.
	 * @return whether a remote store had any; fails if that cannot be found out
	 */
	default CompletableFuture<Boolean> forget() {
		return CompletableFuture.completedFuture(false);
	}

	/**
	 * Forgets the remote levels of all tenants of this limit's target.
	 * @return the number of tenants; fails if that cannot be found out
	 */
	default CompletableFuture<Integer> forgetTenants() {
		return CompletableFuture.completedFuture(0);
	}

	/**
	 * Applies new settings; levels stay in proportion to the capacity.
	 * @return false if these settings need another store
	 */
	default boolean use(RateLimitSettings newer) {
		return false;
	}

}
