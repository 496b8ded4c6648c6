package io.arcllm.module.retry;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Counts calls and retries of the whole process over the last ten seconds, and refuses
 * retries beyond a share of the calls. Safe for use by many threads.
 */
public final class RetryBudget {

	private static final int SECONDS = 10;

	private volatile RetrySettings.Budget settings;

	private final LongSupplier nanos;

	private final long[] seconds = new long[SECONDS];

	private final int[] calls = new int[SECONDS];

	private final int[] retries = new int[SECONDS];

	/**
	 * @param settings the share of the calls, and what is always allowed
	 * @param nanos a clock, in nanoseconds
	 */
	public RetryBudget(RetrySettings.Budget settings, LongSupplier nanos) {
		this.settings = settings;
		this.nanos = nanos;
	}

	/**
	 * Applies new settings; calls and retries stay counted.
	 */
	public void use(RetrySettings.Budget newer) {
		this.settings = newer;
	}

	synchronized void called() {
		this.calls[slot()]++;
	}

	/**
	 * Takes a retry.
	 * @return false if too many were made
	 */
	public synchronized boolean tryRetry() {
		int slot = slot();
		if (this.retries[slot] >= this.settings.minPerSecond()
				&& total(this.retries) >= this.settings.ratio() * total(this.calls)) {
			return false;
		}
		this.retries[slot]++;
		return true;
	}

	private int slot() {
		long second = TimeUnit.NANOSECONDS.toSeconds(this.nanos.getAsLong());
		int slot = Math.floorMod(second, SECONDS);
		if (this.seconds[slot] != second) {
			this.seconds[slot] = second;
			this.calls[slot] = 0;
			this.retries[slot] = 0;
		}
		return slot;
	}

	private int total(int[] counts) {
		long second = TimeUnit.NANOSECONDS.toSeconds(this.nanos.getAsLong());
		int total = 0;
		for (int i = 0; i < SECONDS; i++) {
			total += (second - this.seconds[i] < SECONDS) ? counts[i] : 0;
		}
		return total;
	}

}
