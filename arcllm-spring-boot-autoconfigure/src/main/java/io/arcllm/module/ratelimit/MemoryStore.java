package io.arcllm.module.ratelimit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConfigurationBuilder;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.local.LocalBucketBuilder;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * Levels of this process alone.
 */
public final class MemoryStore implements LimitStore {

	private final @Nullable Level requests;

	private final @Nullable Level tokens;

	public MemoryStore(RateLimitSettings settings) {
		this(settings, (unit, bucket) -> {
		});
	}

	/**
	 * @param settings how much
	 * @param customizer adds what they cannot say
	 */
	public MemoryStore(RateLimitSettings settings, BiConsumer<LimitUnit, ConfigurationBuilder> customizer) {
		this(settings, customizer, new SchedulerTime());
	}

	MemoryStore(RateLimitSettings settings, BiConsumer<LimitUnit, ConfigurationBuilder> customizer, TimeMeter time) {
		this.requests = Level.of(BucketLimit.ofRequests(settings, customizer), time);
		this.tokens = Level.of(BucketLimit.ofTokens(settings, customizer), time);
	}

	/**
	 * Never 0 where nothing was taken, even if it came back in the meantime.
	 */
	@Override
	public CompletableFuture<Long> take(long tokens) {
		return CompletableFuture.completedFuture(takeNow(tokens) ? 0 : Math.max(1, waitFor(1, tokens)));
	}

	@Override
	public boolean takeNow(long tokens) {
		if (this.requests != null && !this.requests.take(1)) {
			return false;
		}
		if (this.tokens != null && tokens > 0 && !this.tokens.take(tokens)) {
			adjust(1, 0);
			return false;
		}
		return true;
	}

	@Override
	public void adjust(long requests, long tokens) {
		if (this.requests != null) {
			this.requests.adjust(requests);
		}
		if (this.tokens != null) {
			this.tokens.adjust(tokens);
		}
	}

	@Override
	public long waitFor(long requests, long tokens) {
		return Math.max((this.requests == null) ? 0 : this.requests.waitFor(requests),
				(this.tokens == null) ? 0 : this.tokens.waitFor(tokens));
	}

	@Override
	public long requests() {
		return (this.requests == null) ? Long.MAX_VALUE : this.requests.bucket().getAvailableTokens();
	}

	@Override
	public long tokens() {
		return (this.tokens == null) ? Long.MAX_VALUE : this.tokens.bucket().getAvailableTokens();
	}

	private record Level(BucketLimit limit, Bucket bucket) {

		static @Nullable Level of(@Nullable BucketLimit limit, TimeMeter time) {
			if (limit == null) {
				return null;
			}
			LocalBucketBuilder bucket = Bucket.builder().withCustomTimePrecision(time);
			for (Bandwidth bandwidth : limit.configuration().getBandwidths()) {
				bucket.addLimit(bandwidth);
			}
			return new Level(limit, bucket.build());
		}

		boolean take(long amount) {
			return this.bucket.tryConsume(amount);
		}

		void adjust(long amount) {
			if (amount > 0) {
				this.bucket.addTokens(amount);
			}
			else if (amount < 0) {
				this.bucket.consumeIgnoringRateLimits(-amount);
			}
		}

		/**
		 * Exact also where the last one is only partly refilled, and for more than the
		 * bucket can hold.
		 */
		long waitFor(long amount) {
			long available = this.bucket.getAvailableTokens();
			if (available >= amount) {
				return 0;
			}
			long next = Math.max(1, available + 1);
			long first = (next > this.limit.capacity()) ? this.limit.nanosFor(1)
					: this.bucket.estimateAbilityToConsume(next).getNanosToWaitForRefill();
			return (first == Long.MAX_VALUE) ? first : first + this.limit.nanosFor(amount - next);
		}

	}

	/**
	 * The clock that modules go by, which is virtual in tests.
	 */
	private static final class SchedulerTime implements TimeMeter {

		@Override
		public long currentTimeNanos() {
			return Schedulers.parallel().now(TimeUnit.NANOSECONDS);
		}

		@Override
		public boolean isWallClockBased() {
			return false;
		}

	}

}
