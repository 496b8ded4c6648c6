package io.arcllm.sample.console;

import java.util.Arrays;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Counts one kind of a storm's calls from second to second. Safe for use by many threads.
 */
final class Tally {

	private static final int MOST_KEPT = 1024;

	private final double[] millis = new double[MOST_KEPT];

	private int answered;

	private int failed;

	private int active;

	/**
	 * What happened in one second.
	 *
	 * @param answered calls that got a whole answer
	 * @param failed calls that got none
	 * @param active calls that still wait
	 * @param medianMs of the answers
	 * @param p95Ms what 95 % of the answers stay under
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Second(int answered, int failed, int active, @Nullable Double medianMs, @Nullable Double p95Ms) {
	}

	synchronized void began() {
		this.active++;
	}

	synchronized void left() {
		this.active--;
	}

	synchronized void answered(long nanos) {
		this.millis[this.answered % MOST_KEPT] = nanos / 1e6;
		this.answered++;
	}

	synchronized void failed() {
		this.failed++;
	}

	/** What happened since the last time that this was asked. */
	synchronized Second next() {
		double[] sorted = Arrays.copyOf(this.millis, Math.min(this.answered, MOST_KEPT));
		Arrays.sort(sorted);
		Second second = new Second(this.answered, this.failed, this.active, at(sorted, 0.5), at(sorted, 0.95));
		this.answered = 0;
		this.failed = 0;
		return second;
	}

	private static @Nullable Double at(double[] sorted, double share) {
		return (sorted.length == 0) ? null
				: Double.valueOf(Math.round(sorted[(int) (sorted.length * share)] * 10) / 10.0);
	}

}
