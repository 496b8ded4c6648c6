package io.arcllm.autoconfigure.config;

import io.arcllm.module.fallback.recovery.Recovery;
import io.arcllm.module.attempt.CommitPoint;
import io.arcllm.module.attempt.Upstream;

/**
 * What happens to streams that break off.
 *
 * @param recovery what follows when some of the answer was delivered
 * @param commit from when on a stream counts as delivered; what comes before is held back
 * @param upstream whether whole answers are asked for as streams where the vendor can
 * @param maxRepeats the so manieth time that 200 characters follow themselves ends a
 * stream; 0 for never
 */
public record StreamSettings(Recovery recovery, CommitPoint commit, Upstream upstream, int maxRepeats) {

	public StreamSettings {
		if (maxRepeats < 0) {
			throw new IllegalArgumentException("max-repeats must not be negative, was " + maxRepeats);
		}
	}

}
