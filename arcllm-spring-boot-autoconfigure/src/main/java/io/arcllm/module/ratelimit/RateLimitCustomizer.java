package io.arcllm.module.ratelimit;

import java.util.List;
import java.util.function.BiConsumer;

import io.arcllm.Target;
import io.arcllm.module.Hook;
import io.github.bucket4j.ConfigurationBuilder;

/**
 * Adds limits that settings cannot express, such as a number a second or a day. A bean of
 * this type is called once for each bucket.
 */
@FunctionalInterface
public interface RateLimitCustomizer {

	/**
	 * Called after the settings were applied.
	 * @param target the target of the limit
	 * @param measure what the bucket counts
	 */
	void customize(Target target, LimitUnit measure, ConfigurationBuilder bucket);

	/** Applies all of them to the buckets of a target. */
	static BiConsumer<LimitUnit, ConfigurationBuilder> of(List<RateLimitCustomizer> customizers, Target target) {
		Hook hook = new Hook("A RateLimitCustomizer");
		return (measure, bucket) -> customizers
			.forEach((one) -> hook.run(() -> one.customize(target, measure, bucket)));
	}

}
