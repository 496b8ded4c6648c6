package io.arcllm.module.hedge;

import java.time.Duration;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Learns how long one target takes to its first token or to its whole answer, and decides
 * when to hedge. Safe for use by many threads.
 */
public final class HedgeEngine {

	/** The fewest times for a percentile. */
	static final int ENOUGH = 20;

	private static final int KEPT = 256;

	/** The percentile that counts as the usual time. */
	private static final int USUAL = 95;

	/** This many times the usual time is a failure of the target. */
	private static final int FAR_TOO_LONG = 3;

	private static final Duration FAR_TOO_LONG_UNTIL_KNOWN = Duration.ofSeconds(10);

	private final Times streamed = new Times();

	private final Times whole = new Times();

	/**
	 * The first token came after this time, or had not come by then.
	 */
	synchronized void took(boolean streaming, long nanos) {
		(streaming ? this.streamed : this.whole).add(nanos);
	}

	/**
	 * How long the target may be silent before another one is asked; {@code null} if the
	 * times of its whole answers are not known, so that an ordinary long answer is not
	 * paid for twice.
	 * @param firstWord true if the first word ends the silence, false if only the whole
	 * answer does
	 */
	synchronized @Nullable Duration delay(boolean firstWord, HedgeSettings settings) {
		if (firstWord) {
			return delay(this.streamed, settings);
		}
		if (!this.whole.isKnown()) {
			return null;
		}
		Duration delay = delay(this.whole, settings);
		Duration usual = Duration.ofNanos(this.whole.percentile(USUAL));
		return (delay.compareTo(usual) < 0) ? usual : delay;
	}

	private static Duration delay(Times times, HedgeSettings settings) {
		Duration fixed = settings.after().time();
		if (fixed != null) {
			return fixed;
		}
		if (!times.isKnown()) {
			return settings.untilKnown();
		}
		double usual = times.percentile(settings.after().percentile()) * settings.factor();
		return Duration.ofNanos(Math.max((long) usual, settings.minimumDelay().toNanos()));
	}

	/**
	 * Whether a silence of that length is a failure of the target.
	 */
	synchronized boolean isFarTooLong(boolean firstWord, long nanos) {
		Times times = firstWord ? this.streamed : this.whole;
		return nanos >= (times.isKnown() ? FAR_TOO_LONG * times.percentile(USUAL) : FAR_TOO_LONG_UNTIL_KNOWN.toNanos());
	}

	private static final class Times {

		private final long[] nanos = new long[KEPT];

		private int count;

		void add(long time) {
			this.nanos[this.count % KEPT] = time;
			this.count = (this.count == Integer.MAX_VALUE) ? KEPT : this.count + 1;
		}

		boolean isKnown() {
			return this.count >= ENOUGH;
		}

		long percentile(int percentile) {
			int known = Math.min(this.count, KEPT);
			if (!isKnown()) {
				return 0;
			}
			long[] sorted = Arrays.copyOf(this.nanos, known);
			Arrays.sort(sorted);
			return sorted[(known * percentile - 1) / 100];
		}

	}

}
