package io.arcllm.module.cache;

import java.time.Duration;

import io.arcllm.LlmResponse;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is kept.
 *
 * @param answer the answer, without attempts, cost and raw body
 * @param tenant the tenant that it was given to
 * @param keptAt when, in milliseconds of the epoch
 * @param keptFor how long it may be of use, in milliseconds
 */
public record CachedAnswer(LlmResponse answer, @Nullable String tenant, long keptAt, long keptFor) {

	Duration age(long now) {
		return Duration.ofMillis(Math.max(0, now - this.keptAt));
	}

}
