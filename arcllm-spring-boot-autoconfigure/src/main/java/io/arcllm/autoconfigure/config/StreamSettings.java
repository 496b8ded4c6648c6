package io.arcllm.autoconfigure.config;

import io.arcllm.module.Recovery;
import io.arcllm.module.attempt.CommitPoint;

/**
 * What happens to streams that break off.
 *
 * @param recovery what follows when some of the answer was delivered
 * @param commit from when on a stream counts as delivered; what comes before is held back
 */
public record StreamSettings(Recovery recovery, CommitPoint commit) {
}
