package io.arcllm.module.cache;

import org.jspecify.annotations.Nullable;

/**
 * The state of a cache, for meters and the actuator.
 *
 * @param hits calls that got a cached answer, or the answer of another call
 * @param misses calls without one
 * @param stale calls that got an older answer because all targets failed
 * @param flights calls under way that others may share
 * @param entries about how many answers are kept; {@code null} if that is not known
 */
public record CacheStatus(long hits, long misses, long stale, int flights, @Nullable Long entries) {
}
