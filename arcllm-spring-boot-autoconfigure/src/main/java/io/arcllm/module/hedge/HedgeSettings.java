package io.arcllm.module.hedge;

import java.time.Duration;

import io.arcllm.module.Percent;

/**
 * When a second target is asked, too.
 *
 * @param after when the second target is asked: after a percentile of the target's own
 * times to the first token, or a fixed time
 * @param minimumDelay the shortest wait where after is a percentile
 * @param maxRatio the largest share of calls that are hedged
 * @param allowTools whether requests with tools are hedged
 * @param factor multiplies the percentile
 * @param untilKnown the wait until 20 times of the target are known, where after is a
 * percentile
 * @param burst how many calls of a chain may be hedged before the ratio counts
 */
public record HedgeSettings(HedgeDelay after, Duration minimumDelay, Percent maxRatio, boolean allowTools,
		double factor, Duration untilKnown, int burst) {

	public HedgeSettings {
		if (minimumDelay.isNegative()) {
			throw new IllegalArgumentException("minimum-delay must not be negative, was " + minimumDelay);
		}
		if (!(factor >= 1 && factor <= 100)) {
			throw new IllegalArgumentException("factor must be between 1 and 100, was " + factor);
		}
		if (untilKnown.isNegative()) {
			throw new IllegalArgumentException("until-known must not be negative, was " + untilKnown);
		}
		if (burst < 0) {
			throw new IllegalArgumentException("burst must be 0 or more, was " + burst);
		}
	}

}
