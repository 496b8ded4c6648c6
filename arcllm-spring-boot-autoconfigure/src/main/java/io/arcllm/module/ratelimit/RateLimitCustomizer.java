package io.arcllm.module.ratelimit;

import java.util.List;
import java.util.function.BiConsumer;

import io.arcllm.Target;
import io.arcllm.module.Hook;
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

	/** What all of them do to the buckets of a target. */
	static BiConsumer<LimitUnit, ConfigurationBuilder> of(List<RateLimitCustomizer> customizers, Target target) {
		Hook hook = new Hook("A RateLimitCustomizer");
		return (measure, bucket) -> customizers
			.forEach((one) -> hook.run(() -> one.customize(target, measure, bucket)));
	}

}
