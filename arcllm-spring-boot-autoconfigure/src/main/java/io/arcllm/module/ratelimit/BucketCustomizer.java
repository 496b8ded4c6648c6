package io.arcllm.module.ratelimit;

import io.github.bucket4j.ConfigurationBuilder;

/**
 * Adds to a bucket what settings cannot say.
 */
@FunctionalInterface
public interface BucketCustomizer {

	/** Adds nothing. */
	BucketCustomizer NONE = (measure, bucket) -> {
	};

	/**
	 * Called after the settings were applied.
	 * @param measure what the bucket counts
	 */
	void customize(LimitUnit measure, ConfigurationBuilder bucket);

}
