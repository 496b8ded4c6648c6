package io.arcllm.module.ratelimit;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A call in the queue of a rate limit. Told exactly once.
 */
interface Ticket {

	/** What it wants to reserve. */
	long tokens();

	/** Nanoseconds it may still wait. */
	long patience();

	/** Its turn; the tokens are reserved. */
	void admitted();

	/**
	 * It would wait for too long.
	 * @param retryAfter when it might be let through, {@code null} where nobody knows
	 */
	void refused(@Nullable Duration retryAfter);

}
