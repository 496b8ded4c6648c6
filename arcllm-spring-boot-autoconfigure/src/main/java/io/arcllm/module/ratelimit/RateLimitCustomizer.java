package io.arcllm.module.ratelimit;

import io.arcllm.Target;
import io.github.bucket4j.ConfigurationBuilder;

/**
 * Adds limits that settings cannot say, such as so many a second or a day: a bean of this
 * type is asked once for each bucket.
 */
@FunctionalInterface
public interface RateLimitCustomizer {

	/**
	 * Called after the settings were applied.
	 * @param target whose limit it will be
	 * @param measure what the bucket counts
	 */
	void customize(Target target, LimitUnit measure, ConfigurationBuilder bucket);

}
