package io.arcllm.module.cache;

import java.time.Duration;

import io.arcllm.LlmResponse;
import org.jspecify.annotations.Nullable;

/**
 * An answer in the cache.
 *
 * @param answer the answer, without attempts, cost and raw body
 * @param tenant the tenant of the call that got it
 * @param keptAt when it was kept, in milliseconds of the epoch
 * @param keptFor how long it may be used, in milliseconds
 */
public record CachedAnswer(LlmResponse answer, @Nullable String tenant, long keptAt, long keptFor) {

	Duration age(long now) {
		return Duration.ofMillis(Math.max(0, now - this.keptAt));
	}

}
