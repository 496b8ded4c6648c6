package io.arcllm.module.ratelimit;

import java.time.Duration;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * One limit: so many a minute, refilled evenly, so many at once.
 *
 * @param perMinute how many a minute
 * @param capacity how many at once
 */
record Limit(long perMinute, long capacity) {

	static @Nullable Limit ofRequests(RateLimitSettings settings) {
		Integer perMinute = settings.requestsPerMinute();
		Integer burst = settings.burst();
		return (perMinute == null) ? null : new Limit(perMinute, (burst == null) ? perMinute : burst);
	}

	static @Nullable Limit ofTokens(RateLimitSettings settings) {
		Integer perMinute = settings.tokensPerMinute();
		return (perMinute == null) ? null : new Limit(perMinute, perMinute);
	}

	BucketConfiguration configuration() {
		return BucketConfiguration.builder()
			.addLimit(Bandwidth.builder()
				.capacity(this.capacity)
				.refillGreedy(this.perMinute, Duration.ofMinutes(1))
				.build())
			.build();
	}

	/** Nanoseconds in which so many come back. */
	long nanosFor(long amount) {
		return (long) (amount * (60e9 / this.perMinute));
	}

}
