package io.arcllm.module.hedge;

import java.time.Duration;

import io.arcllm.module.Percent;

/**
 * When a second target is asked too.
 *
 * @param after after what silence of the first: a percentile of its own time to the first
 * token, or a fixed time
 * @param minimumDelay the shortest wait where that is a percentile, and the wait until
 * enough is known of the target
 * @param maxRatio the largest share of calls that are asked twice
 * @param allowTools whether requests with tools are hedged
 */
public record HedgeSettings(HedgeDelay after, Duration minimumDelay, Percent maxRatio, boolean allowTools) {

	public HedgeSettings {
		if (minimumDelay.isNegative()) {
			throw new IllegalArgumentException("minimum-delay must not be negative, was " + minimumDelay);
		}
	}

}
