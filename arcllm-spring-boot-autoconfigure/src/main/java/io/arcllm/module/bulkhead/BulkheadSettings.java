package io.arcllm.module.bulkhead;

import java.time.Duration;

/**
 * How many calls a target gets at the same time.
 *
 * @param maxConcurrent calls under way at once, a stream to its end; auto finds the
 * number between 1 and http.max-connections
 * @param maxQueue calls that may wait for a place; 0 for none
 * @param queueTimeout the longest wait for a place; it has no effect once the call has
 * one
 */
public record BulkheadSettings(MaxConcurrent maxConcurrent, int maxQueue, Duration queueTimeout) {

	public BulkheadSettings {
		check(maxQueue >= 0, "max-queue must be 0 or more, was " + maxQueue);
		check(!queueTimeout.isZero() && !queueTimeout.isNegative(), "queue-timeout must be longer than zero, was "
				+ queueTimeout + "; to refuse at once where no place is free, set max-queue to 0");
	}

	/** Settings with a fixed number. */
	public static BulkheadSettings of(int maxConcurrent, int maxQueue, Duration queueTimeout) {
		return new BulkheadSettings(MaxConcurrent.of(maxConcurrent), maxQueue, queueTimeout);
	}

	private static void check(boolean right, String message) {
		if (!right) {
			throw new IllegalArgumentException(message);
		}
	}

}
