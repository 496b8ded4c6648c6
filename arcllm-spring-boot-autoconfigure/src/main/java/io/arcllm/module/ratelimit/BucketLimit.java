package io.arcllm.module.ratelimit;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConfigurationBuilder;
import org.jspecify.annotations.Nullable;

/**
 * One limit: a number a minute, refilled evenly, and a number at once.
 *
 * @param perMinute how many a minute
 * @param capacity how many at once
 * @param configuration the same for Bucket4j, with what was added to it
 */
record BucketLimit(long perMinute, long capacity, BucketConfiguration configuration) {

	static @Nullable BucketLimit ofRequests(RateLimitSettings settings,
			BiConsumer<LimitUnit, ConfigurationBuilder> customizer) {
		Integer perMinute = settings.requestsPerMinute();
		Integer burst = settings.burst();
		return (perMinute == null) ? null
				: of(LimitUnit.REQUESTS, perMinute, (burst == null) ? perMinute : burst, customizer);
	}

	static @Nullable BucketLimit ofTokens(RateLimitSettings settings,
			BiConsumer<LimitUnit, ConfigurationBuilder> customizer) {
		Integer perMinute = settings.tokensPerMinute();
		return (perMinute == null) ? null : of(LimitUnit.TOKENS, perMinute, perMinute, customizer);
	}

	private static BucketLimit of(LimitUnit measure, long perMinute, long capacity,
			BiConsumer<LimitUnit, ConfigurationBuilder> customizer) {
		ConfigurationBuilder bucket = BucketConfiguration.builder()
			.addLimit(Bandwidth.builder().capacity(capacity).refillGreedy(perMinute, Duration.ofMinutes(1)).build());
		customizer.accept(measure, bucket);
		return new BucketLimit(perMinute, capacity, bucket.build());
	}

	/** Identifies the bucket, also between processes. */
	String id() {
		return this.perMinute + ":" + this.capacity
				+ Arrays.stream(this.configuration.getBandwidths())
					.skip(1)
					.map((added) -> ":" + added.getCapacity() + "/" + added.getRefillTokens() + "/"
							+ added.getRefillPeriodNanos())
					.collect(Collectors.joining());
	}

	/** Nanoseconds in which this many are refilled. */
	long nanosFor(long amount) {
		return (long) (amount * (60e9 / this.perMinute));
	}

}
