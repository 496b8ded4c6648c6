package io.arcllm.module.attempt;

import java.time.Duration;

import io.arcllm.module.AttemptLimits.MinRate;
import org.jspecify.annotations.Nullable;

/**
 * How long an attempt may be silent.
 *
 * @param attempt the longest time for a whole answer
 * @param firstToken the longest time to the first content of a stream
 * @param idle the longest pause between two pieces of content of a stream
 * @param minRate the fewest tokens a second of a stream after its first content, such as
 * 5/s over 10s; time in which the subscriber requests nothing does not count
 * @param unread the longest time in which a subscriber requests nothing, before its call
 * is cancelled; 0 for no limit
 */
public record TimeoutSettings(Duration attempt, Duration firstToken, Duration idle, @Nullable MinRate minRate,
		Duration unread) {

	public TimeoutSettings {
		positive(attempt, "attempt");
		positive(firstToken, "first-token");
		positive(idle, "idle");
		if (unread.isNegative()) {
			throw new IllegalArgumentException("unread must not be negative, was " + unread);
		}
	}

	private static void positive(Duration value, String key) {
		if (value.isZero() || value.isNegative()) {
			throw new IllegalArgumentException(key + " must be longer than zero, was " + value);
		}
	}

}
