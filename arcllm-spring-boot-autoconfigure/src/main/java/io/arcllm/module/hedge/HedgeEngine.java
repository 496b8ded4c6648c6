package io.arcllm.module.hedge;

import java.time.Duration;
import java.util.Arrays;

/**
 * What is known of one target: how long it takes to its first token, and how many of its
 * calls were hedged. Safe for use by many threads.
 */
public final class HedgeEngine {

	/** Fewer say nothing of a percentile. */
	static final int ENOUGH = 20;

	private static final int KEPT = 256;

	private static final long WHOLE = 1_000_000;

	/** What quiet times save up for a bad one. */
	private static final long MOST_SAVED = 10 * WHOLE;

	private final Times streamed = new Times();

	private final Times whole = new Times();

	private long saved;

	/**
	 * A call begins: it earns its share of a hedge.
	 */
	synchronized void called(HedgeSettings settings) {
		this.saved = Math.min(MOST_SAVED, this.saved + Math.round(settings.maxRatio().ratio() * WHOLE));
	}

	/**
	 * Takes a hedge.
	 * @return false if too many calls were hedged
	 */
	synchronized boolean tryHedge() {
		if (this.saved < WHOLE) {
			return false;
		}
		this.saved -= WHOLE;
		return true;
	}

	/**
	 * The first token came after that time, or had not come by then.
	 */
	synchronized void took(boolean streaming, long nanos) {
		(streaming ? this.streamed : this.whole).add(nanos);
	}

	/**
	 * How long the target may be silent before another is asked.
	 */
	synchronized Duration delay(boolean streaming, HedgeSettings settings) {
		Duration fixed = settings.after().time();
		if (fixed != null) {
			return fixed;
		}
		long usual = (streaming ? this.streamed : this.whole).percentile(settings.after().percentile());
		return Duration.ofNanos(Math.max(usual, settings.minimumDelay().toNanos()));
	}

	private static final class Times {

		private final long[] nanos = new long[KEPT];

		private int count;

		void add(long time) {
			this.nanos[this.count % KEPT] = time;
			this.count = (this.count == Integer.MAX_VALUE) ? KEPT : this.count + 1;
		}

		long percentile(int percentile) {
			int known = Math.min(this.count, KEPT);
			if (known < ENOUGH) {
				return 0;
			}
			long[] sorted = Arrays.copyOf(this.nanos, known);
			Arrays.sort(sorted);
			return sorted[(known * percentile - 1) / 100];
		}

	}

}
