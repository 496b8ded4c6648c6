package io.arcllm.module.circuitbreaker;

import java.time.Duration;

import io.arcllm.module.Percent;

/**
 * When a target counts as down, and when it is tried again.
 *
 * @param window whether {@code window-size} counts calls or seconds
 * @param windowSize how many of the last calls, or seconds, count; at most 100000
 * @param minimumCalls the fewest calls in the window before a rate is used
 * @param failureRate the share of failures in the window that opens the breaker
 * @param consecutiveFailures failures in a row that open it, whatever the rate; 0 for no
 * such limit
 * @param slowCall when slowness opens it
 * @param openFor how long it stays open; longer where the vendor asks for longer
 * @param halfOpenCalls probes that are let through after that time
 * @param endpoint whether a host that cannot be reached counts on a breaker of the host
 * and port, which all targets there share
 * @param maxPause the longest pause because of one answer, whatever wait it names
 */
public record CircuitBreakerSettings(Window window, int windowSize, int minimumCalls, Percent failureRate,
		int consecutiveFailures, SlowCall slowCall, Duration openFor, int halfOpenCalls, boolean endpoint,
		Duration maxPause) {

	/** Each of them takes room in memory, for each target. */
	private static final int LARGEST_WINDOW = 100_000;

	/**
	 * What a window consists of.
	 */
	public enum Window {

		/** The last calls. */
		COUNT,

		/** The calls of the last seconds. */
		TIME

	}

	/**
	 * When slowness opens a breaker.
	 *
	 * @param rate the share of slow calls in the window that opens it
	 * @param duration a call that takes longer, from its start to its end, is slow
	 */
	public record SlowCall(Percent rate, Duration duration) {

		public SlowCall {
			check(rate.ratio() > 0, "slow-call.rate must be above 0%; to ignore slowness, set slow-call.duration"
					+ " above the attempt timeout");
			check(!duration.isZero() && !duration.isNegative(),
					"slow-call.duration must be longer than zero, was " + duration);
		}

	}

	public CircuitBreakerSettings {
		check(windowSize >= 1 && windowSize <= LARGEST_WINDOW,
				"window-size must be between 1 and " + LARGEST_WINDOW + ", was " + windowSize);
		check(minimumCalls >= 1, "minimum-calls must be 1 or more, was " + minimumCalls);
		check(failureRate.ratio() > 0, "failure-rate must be above 0%");
		check(consecutiveFailures >= 0, "consecutive-failures must be 0 or more, was " + consecutiveFailures);
		check(openFor.toMillis() > 0, "open-for must be longer than zero, was " + openFor);
		check(!maxPause.isNegative() && !maxPause.isZero(), "max-pause must be longer than zero, was " + maxPause);
		check(halfOpenCalls >= 1, "half-open-calls must be 1 or more, was " + halfOpenCalls);
	}

	/**
	 * The fewest calls before a rate is used; never more than the size of a window of
	 * calls.
	 */
	int effectiveMinimumCalls() {
		return (this.window == Window.COUNT) ? Math.min(this.minimumCalls, this.windowSize) : this.minimumCalls;
	}

	private static void check(boolean right, String message) {
		if (!right) {
			throw new IllegalArgumentException(message);
		}
	}

}
