package io.arcllm.module.ratelimit;

import java.util.concurrent.CompletableFuture;

/**
 * Where the levels of a limit are kept: in memory, or where several replicas share them.
 * Never blocks. Safe for use by many threads.
 */
public interface LimitStore {

	/**
	 * Takes one request and these tokens, or nothing.
	 * @return nanoseconds until they could be taken, 0 if they were; fails where there is
	 * no way to know
	 */
	CompletableFuture<Long> take(long tokens);

	/**
	 * Takes one request and these tokens if that is known to be possible without asking
	 * elsewhere.
	 */
	default boolean takeNow(long tokens) {
		return false;
	}

	/**
	 * Gives back what is positive, and takes what is negative, into debt if need be.
	 */
	void adjust(long requests, long tokens);

	/**
	 * Nanoseconds until so much could be taken, as far as it is known here.
	 */
	long waitFor(long requests, long tokens);

	/**
	 * Requests left, as far as it is known here; {@link Long#MAX_VALUE} without a limit.
	 */
	long requests();

	/**
	 * Tokens left, as far as it is known here; {@link Long#MAX_VALUE} without a limit.
	 */
	long tokens();

	/**
	 * Nanoseconds that an answer of the store itself may take: a call that may not wait
	 * for its turn still waits for that.
	 */
	default long latency() {
		return 0;
	}

	/**
	 * Forgets the levels.
	 * @return whether there were any elsewhere; fails where there is no way to know
	 */
	default CompletableFuture<Boolean> forget() {
		return CompletableFuture.completedFuture(false);
	}

	/**
	 * Forgets the levels that are kept elsewhere for tenants of this limit's target.
	 * @return of how many tenants; fails where there is no way to know
	 */
	default CompletableFuture<Integer> forgetTenants() {
		return CompletableFuture.completedFuture(0);
	}

	/**
	 * From now on these are the settings; levels stay in proportion to what there may be
	 * at most.
	 * @return false if another store is needed for them
	 */
	default boolean use(RateLimitSettings newer) {
		return false;
	}

}
