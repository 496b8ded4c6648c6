package io.arcllm.module.ratelimit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConfigurationBuilder;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.github.bucket4j.local.LocalBucketBuilder;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * Levels of this process. Safe for use by many threads.
 */
public final class MemoryStore implements LimitStore {

	private final BiConsumer<LimitUnit, ConfigurationBuilder> customizer;

	private final TimeMeter time;

	private volatile @Nullable Level requests;

	private volatile @Nullable Level tokens;

	public MemoryStore(RateLimitSettings settings) {
		this(settings, (unit, bucket) -> {
		});
	}

	/**
	 * @param settings the limits
	 * @param customizer adds limits that settings cannot express
	 */
	public MemoryStore(RateLimitSettings settings, BiConsumer<LimitUnit, ConfigurationBuilder> customizer) {
		this(settings, customizer, new SchedulerTime());
	}

	MemoryStore(RateLimitSettings settings, BiConsumer<LimitUnit, ConfigurationBuilder> customizer, TimeMeter time) {
		this.customizer = customizer;
		this.time = time;
		this.requests = Level.of(BucketLimit.ofRequests(settings, customizer), time, null);
		this.tokens = Level.of(BucketLimit.ofTokens(settings, customizer), time, null);
	}

	@Override
	public boolean use(RateLimitSettings newer) {
		boolean here = newer.store() == RateLimitSettings.Store.MEMORY;
		if (here) {
			keepTo(newer);
		}
		return here;
	}

	/** Levels stay in proportion. */
	void keepTo(RateLimitSettings newer) {
		this.requests = Level.of(BucketLimit.ofRequests(newer, this.customizer), this.time, this.requests);
		this.tokens = Level.of(BucketLimit.ofTokens(newer, this.customizer), this.time, this.tokens);
	}

	/**
	 * Never returns 0 if nothing was taken, even if enough was refilled in the meantime.
	 */
	@Override
	public CompletableFuture<Long> take(long tokens) {
		return CompletableFuture.completedFuture(takeNow(tokens) ? 0 : Math.max(1, waitFor(1, tokens)));
	}

	@Override
	public boolean takeNow(long tokens) {
		Level ofRequests = this.requests;
		Level ofTokens = this.tokens;
		if (ofRequests != null && !ofRequests.take(1)) {
			return false;
		}
		if (ofTokens != null && tokens > 0 && !ofTokens.take(tokens)) {
			adjust(1, 0);
			return false;
		}
		return true;
	}

	@Override
	public void adjust(long requests, long tokens) {
		Level ofRequests = this.requests;
		Level ofTokens = this.tokens;
		if (ofRequests != null) {
			ofRequests.adjust(requests);
		}
		if (ofTokens != null) {
			ofTokens.adjust(tokens);
		}
	}

	@Override
	public long waitFor(long requests, long tokens) {
		Level ofRequests = this.requests;
		Level ofTokens = this.tokens;
		return Math.max((ofRequests == null) ? 0 : ofRequests.waitFor(requests),
				(ofTokens == null) ? 0 : ofTokens.waitFor(tokens));
	}

	@Override
	public long requests() {
		return left(this.requests);
	}

	@Override
	public long tokens() {
		return left(this.tokens);
	}

	private static long left(@Nullable Level level) {
		return (level == null) ? Long.MAX_VALUE : level.bucket().getAvailableTokens();
	}

	private record Level(BucketLimit limit, Bucket bucket) {

		/**
		 * @param before the level that it replaces, and whose share it gets
		 */
		static @Nullable Level of(@Nullable BucketLimit limit, TimeMeter time, @Nullable Level before) {
			if (limit == null || (before != null && before.limit().id().equals(limit.id()))) {
				return (limit == null) ? null : before;
			}
			if (before != null) {
				before.bucket().replaceConfiguration(limit.configuration(), TokensInheritanceStrategy.PROPORTIONALLY);
				return new Level(limit, before.bucket());
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
		 * Exact even if the last unit is only partly refilled, and for amounts above the
		 * capacity.
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
	 * The clock of all modules, which is virtual in tests.
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
