package io.arcllm.module.cache;

import org.jspecify.annotations.Nullable;

/**
 * What a cache does, for meters and the actuator.
 *
 * @param hits calls that were given an answer that was kept, or that another call got
 * @param misses calls for which there was none
 * @param stale calls that were given an older answer because all targets failed
 * @param flights calls under way that others may share
 * @param entries about how many answers are kept; {@code null} where that is not known
 */
public record CacheStatus(long hits, long misses, long stale, int flights, @Nullable Long entries) {
}
