package io.arcllm.module.ratelimit;

import io.github.bucket4j.TimeMeter;

/**
 * A clock that stands still: nothing flows into a bucket.
 */
final class StoppedClock implements TimeMeter {

	@Override
	public long currentTimeNanos() {
		return 0;
	}

	@Override
	public boolean isWallClockBased() {
		return false;
	}

}
