package io.arcllm.autoconfigure.config;

import io.arcllm.module.fallback.recovery.Recovery;
import io.arcllm.module.attempt.CommitPoint;
import io.arcllm.module.attempt.Upstream;

/**
 * What happens to streams that break off.
 *
 * @param recovery what happens when a stream breaks off after some of it was delivered:
 * fail, restart, replay or continue
 * @param commit when a stream counts as delivered; what comes before is held back
 * @param upstream whether whole answers are requested as streams, where the vendor can
 * stream: as-asked or always
 * @param maxRepeats ends an answer when the same 200 characters follow each other for
 * this many times; 0 for never
 */
public record StreamSettings(Recovery recovery, CommitPoint commit, Upstream upstream, int maxRepeats) {

	public StreamSettings {
		if (maxRepeats < 0) {
			throw new IllegalArgumentException("max-repeats must not be negative, was " + maxRepeats);
		}
	}

}
