package io.arcllm.module.bulkhead;

import java.time.Duration;

/**
 * How many calls a target gets at once.
 *
 * @param maxConcurrent calls under way at once; a stream counts to its end
 * @param maxQueue calls that may wait for a place; 0 for none
 * @param queueTimeout how long a call may wait for a place; does not bind afterwards
 */
public record BulkheadSettings(int maxConcurrent, int maxQueue, Duration queueTimeout) {

	public BulkheadSettings {
		check(maxConcurrent >= 1, "max-concurrent must be 1 or more, was " + maxConcurrent);
		check(maxQueue >= 0, "max-queue must be 0 or more, was " + maxQueue);
		check(!queueTimeout.isZero() && !queueTimeout.isNegative(), "queue-timeout must be longer than zero, was "
				+ queueTimeout + "; to refuse at once where no place is free, set max-queue to 0");
	}

	private static void check(boolean right, String message) {
		if (!right) {
			throw new IllegalArgumentException(message);
		}
	}

}
