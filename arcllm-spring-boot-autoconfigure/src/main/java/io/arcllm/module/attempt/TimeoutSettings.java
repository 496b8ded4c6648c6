package io.arcllm.module.attempt;

import java.time.Duration;

import io.arcllm.module.AttemptLimits.MinRate;
import org.jspecify.annotations.Nullable;

/**
 * How long an attempt may be silent.
 *
 * @param attempt how long a whole answer may take
 * @param firstToken how long a stream may take to its first content
 * @param idle how long a stream may pause between two pieces of content
 * @param minRate how many tokens a second a stream must have after its first content,
 * such as 5/s over 10s; time in which the reader asks for nothing does not count
 * @param unread after what time a reader that asks for nothing is taken for gone, and its
 * call cancelled; 0 for never
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
