package io.arcllm.module.retry;

import java.time.Duration;
import java.util.Set;

import io.arcllm.ErrorKind;

/**
 * When and how often a failed request is made again.
 *
 * @param maxRetries attempts after the first one
 * @param strategy how waits grow: exponential, linear or fixed
 * @param backoffBase the first wait, before jitter
 * @param multiplier the factor between two waits, for exponential
 * @param maxWait the longest wait; if the vendor asks for a longer one, the call is not
 * retried
 * @param jitter whether a random part is added to each wait, up to its own length
 * @param retryableStatusCodes the HTTP statuses that are retried, where the kind of the
 * error allows it
 * @param on the kinds of errors without a status that are retried
 * @param respectRetryAfter whether a wait that the vendor names replaces the computed one
 * @param budget how many retries the whole process may make
 * @param maxWaitWithOthers the longest wait for a target while another target of the
 * chain is ready; instead of a longer wait, that target is asked
 */
public record RetrySettings(int maxRetries, Strategy strategy, Duration backoffBase, double multiplier,
		Duration maxWait, boolean jitter, Set<Integer> retryableStatusCodes, Set<ErrorKind> on,
		boolean respectRetryAfter, Budget budget, Duration maxWaitWithOthers) {

	/**
	 * How waits grow.
	 */
	public enum Strategy {

		/** Each wait is the one before times the multiplier. */
		EXPONENTIAL,

		/** Each wait is longer by the base than the one before. */
		LINEAR,

		/** All waits are equal. */
		FIXED

	}

	/**
	 * How many retries the whole process may make, so that an outage does not become a
	 * storm.
	 *
	 * @param ratio retries of the process, as a share of its calls in the last ten
	 * seconds
	 * @param minPerSecond retries of the process that are always allowed each second
	 */
	public record Budget(double ratio, int minPerSecond) {

		public Budget {
			check(ratio >= 0 && ratio <= 1, "budget.ratio must be between 0 and 1, was " + ratio);
			check(minPerSecond >= 0, "budget.min-per-second must be 0 or more, was " + minPerSecond);
		}

	}

	public RetrySettings {
		check(maxRetries >= 0, "max-retries must be 0 or more, was " + maxRetries);
		check(!backoffBase.isNegative(), "backoff-base must be 0 or more, was " + backoffBase);
		check(multiplier >= 1 && multiplier <= 100, "multiplier must be between 1 and 100, was " + multiplier);
		check(!maxWait.isNegative(), "max-wait must be 0 or more, was " + maxWait);
		check(!maxWaitWithOthers.isNegative(), "max-wait-with-others must be 0 or more, was " + maxWaitWithOthers);
		retryableStatusCodes.forEach((code) -> check(code >= 300 && code <= 599,
				"retryable-status-codes must be HTTP statuses from 300 to 599, was " + code));
		retryableStatusCodes = Set.copyOf(retryableStatusCodes);
		on = Set.copyOf(on);
	}

	private static void check(boolean right, String message) {
		if (!right) {
			throw new IllegalArgumentException(message);
		}
	}

}
