package io.arcllm.test;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

import io.arcllm.test.vendor.Fault;
import org.jspecify.annotations.Nullable;

/**
 * Decides for each call whether the dial breaks it. Safe for use by many threads.
 */
final class DialState {

	private final DoubleSupplier random;

	private final LongSupplier clock;

	private Dial dial = Dial.HEALTHY;

	private long setAt;

	private int calls;

	private int broken;

	/**
	 * @param random at least 0 and below 1
	 * @param clock a clock, in nanoseconds
	 */
	DialState(DoubleSupplier random, LongSupplier clock) {
		this.random = random;
		this.clock = clock;
	}

	synchronized void set(Dial dial) {
		this.dial = dial;
		this.setAt = this.clock.getAsLong();
		this.calls = 0;
		this.broken = 0;
	}

	/**
	 * The present dial; healthy when its limits are reached.
	 */
	synchronized Dial dial() {
		Integer times = timesLeft();
		Integer seconds = secondsLeft();
		if ((times != null && times <= 0) || (seconds != null && seconds <= 0)) {
			this.dial = Dial.HEALTHY;
		}
		return this.dial;
	}

	/**
	 * The fault of the next call.
	 */
	synchronized Fault next() {
		Dial now = dial();
		boolean turn = now.every() <= 0 || this.calls % now.every() == 0;
		this.calls++;
		if (now.fault() == Fault.HEALTHY || !turn || this.random.getAsDouble() >= now.rate()) {
			return Fault.HEALTHY;
		}
		this.broken++;
		return now.fault();
	}

	synchronized @Nullable Integer timesLeft() {
		Integer times = this.dial.times();
		return (times == null) ? null : Integer.valueOf(times - this.broken);
	}

	synchronized @Nullable Integer secondsLeft() {
		Integer seconds = this.dial.seconds();
		if (seconds == null) {
			return null;
		}
		long left = Duration.ofSeconds(seconds).toNanos() - (this.clock.getAsLong() - this.setAt);
		return Math.toIntExact(Math.max(0, (left + 999_999_999L) / 1_000_000_000L));
	}

}
