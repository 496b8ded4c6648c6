package io.arcllm.module.attempt;

import java.time.Duration;

/**
 * How long an attempt may be silent.
 *
 * @param attempt how long a whole answer may take
 * @param firstToken how long a stream may take to its first content
 * @param idle how long a stream may pause between two pieces of content
 */
public record TimeoutSettings(Duration attempt, Duration firstToken, Duration idle) {

	public TimeoutSettings {
		positive(attempt, "attempt");
		positive(firstToken, "first-token");
		positive(idle, "idle");
	}

	private static void positive(Duration value, String key) {
		if (value.isZero() || value.isNegative()) {
			throw new IllegalArgumentException(key + " must be longer than zero, was " + value);
		}
	}

}
