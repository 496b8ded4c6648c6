package io.arcllm.module.ratelimit;

import java.util.function.BiConsumer;
import io.github.bucket4j.ConfigurationBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of one target in Redis. Sends nothing over a connection that is known to be
 * down, because Lettuce would queue it.
 */
final class RedisBuckets {

	private static final Duration KEPT_AFTER_REFILL = Duration.ofMinutes(1);

	/** Separates the key of a target and the name of a tenant. */
	private static final String TENANT = ":tenant:";

	/** The longest time for removing, which scans all keys of Redis. */
	private static final Duration PATIENCE = Duration.ofSeconds(10);

	/** The time in which all replicas see a published change. */
	private static final Duration LOWERED_ONCE = Duration.ofSeconds(5);

	private final String key;

	private final RedisConnection connector;

	private final @Nullable Known requests;

	private final @Nullable Known tokens;

	private @Nullable CompletableFuture<Shared> shared;

	RedisBuckets(String key, RateLimitSettings settings, BiConsumer<LimitUnit, ConfigurationBuilder> customizer,
			RedisConnection connector) {
		this.key = key;
		this.connector = connector;
		this.requests = Known.of(key + ":requests", BucketLimit.ofRequests(settings, customizer));
		this.tokens = Known.of(key + ":tokens", BucketLimit.ofTokens(settings, customizer));
	}

	/**
	 * Connects, and sends a command without effect, because the first command takes much
	 * longer than all others.
	 */
	void warmUp() {
		shared().thenAccept((shared) -> {
			shared.look(this.requests);
			shared.look(this.tokens);
		});
	}

	CompletableFuture<Long> take(long tokens) {
		CompletableFuture<Long> answer = shared().thenCompose((shared) -> shared.take(this.requests, 1)
			.thenCompose((wait) -> (wait > 0) ? CompletableFuture.completedFuture(wait) : takeTokens(shared, tokens)));
		CompletableFuture<Long> inTime = answer.copy()
			.orTimeout(RedisStore.patience().toMillis(), TimeUnit.MILLISECONDS);
		answer.thenAccept((wait) -> {
			if (wait == 0 && !inTime.complete(wait) && inTime.isCompletedExceptionally()) {
				adjust(1, tokens);
			}
		});
		return inTime;
	}

	private CompletableFuture<Long> takeTokens(Shared shared, long tokens) {
		return shared.take(this.tokens, tokens).thenApply((wait) -> {
			if (wait > 0) {
				shared.adjust(this.requests, 1);
			}
			return wait;
		});
	}

	void adjust(long requests, long tokens) {
		shared().thenAccept((shared) -> {
			shared.adjust(this.requests, requests);
			shared.adjust(this.tokens, tokens);
		});
	}

	/**
	 * Lowers the level to the share that the earlier buckets had. If several replicas do
	 * this, the level is lowered once.
	 */
	void lowerTo(RedisBuckets before) {
		shared().thenAccept((shared) -> {
			shared.lower(this.requests, share(before.requests));
			shared.lower(this.tokens, share(before.tokens));
		});
	}

	private static double share(@Nullable Known limit) {
		return (limit == null) ? 1 : (double) limit.level() / limit.limit.capacity();
	}

	private synchronized CompletableFuture<Shared> shared() {
		CompletableFuture<Shared> known = this.shared;
		if (known == null || known.isCompletedExceptionally()) {
			known = this.connector.connect().toCompletableFuture().thenApply(Shared::of);
			this.shared = known;
		}
		return known.thenApply(Shared::open);
	}

	/** Removes the buckets from Redis; whether there were any. */
	CompletableFuture<Boolean> forget() {
		byte[][] keys = Stream.of(this.requests, this.tokens)
			.filter(Objects::nonNull)
			.map((limit) -> limit.key)
			.toArray(byte[][]::new);
		return inTime(shared().thenCompose((shared) -> shared.remove(keys)).thenApply((removed) -> removed > 0));
	}

	/**
	 * Removes the buckets of all tenants of this target, and returns the number of
	 * tenants.
	 */
	CompletableFuture<Integer> forgetTenants() {
		return inTime(shared().thenCompose((shared) -> shared.removeAll(this.key + TENANT)));
	}

	private static <T> CompletableFuture<T> inTime(CompletableFuture<T> answer) {
		return answer.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
	}

	long waitFor(long requests, long tokens) {
		return Math.max((this.requests == null) ? 0 : this.requests.waitFor(requests),
				(this.tokens == null) ? 0 : this.tokens.waitFor(tokens));
	}

	long requests() {
		return (this.requests == null) ? Long.MAX_VALUE : this.requests.level();
	}

	long tokens() {
		return (this.tokens == null) ? Long.MAX_VALUE : this.tokens.level();
	}

	/**
	 * A connection, and Bucket4j's manager for it.
	 */
	private record Shared(StatefulRedisConnection<byte[], byte[]> connection, AsyncProxyManager<byte[]> buckets) {

		static Shared of(StatefulRedisConnection<byte[], byte[]> connection) {
			return new Shared(connection,
					Bucket4jLettuce.casBasedBuilder(connection)
						.expirationAfterWrite(
								ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(KEPT_AFTER_REFILL))
						.build()
						.asAsync());
		}

		CompletableFuture<Long> remove(byte[]... keys) {
			return (keys.length == 0) ? CompletableFuture.completedFuture(0L)
					: this.connection.async().del(keys).toCompletableFuture();
		}

		/**
		 * Removes all keys with this prefix, and counts them without their units.
		 */
		CompletableFuture<Integer> removeAll(String beginning) {
			String pattern = beginning.replaceAll("([\\\\*?\\[\\]^])", "\\\\$1") + "*";
			return found(ScanCursor.INITIAL, ScanArgs.Builder.matches(pattern).limit(1000), new HashSet<>())
				.thenCompose((keys) -> {
					Set<String> tenants = new HashSet<>();
					keys.forEach((key) -> tenants.add(key.replaceAll(":(requests|tokens):[^:]*$", "")));
					byte[][] all = keys.stream()
						.map((key) -> key.getBytes(StandardCharsets.UTF_8))
						.toArray(byte[][]::new);
					return remove(all).thenApply((removed) -> tenants.size());
				});
		}

		private CompletableFuture<Set<String>> found(ScanCursor cursor, ScanArgs args, Set<String> found) {
			return this.connection.async().scan(cursor, args).toCompletableFuture().thenCompose((page) -> {
				page.getKeys().forEach((key) -> found.add(new String(key, StandardCharsets.UTF_8)));
				return page.isFinished() ? CompletableFuture.completedFuture(found) : found(page, args, found);
			});
		}

		Shared open() {
			if (!this.connection.isOpen()) {
				throw new IllegalStateException("the connection is down");
			}
			return this;
		}

		void look(@Nullable Known limit) {
			if (limit != null) {
				bucket(limit).getAvailableTokens().thenAccept(limit::learn);
			}
		}

		void lower(@Nullable Known limit, double share) {
			if (limit == null || share >= 1) {
				return;
			}
			long most = Math.round(share * limit.limit.capacity());
			limit.learn(Math.min(limit.level(), most));
			byte[] mark = ("lowered:" + new String(limit.key, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
			this.connection.async()
				.set(mark, new byte[0], SetArgs.Builder.nx().px(LOWERED_ONCE.toMillis()))
				.thenAccept((first) -> bucket(limit).getAvailableTokens().thenAccept((level) -> {
					if (first != null) {
						limit.learn(level);
						adjust(limit, Math.min(0, most - level));
					}
				}));
		}

		CompletableFuture<Long> take(@Nullable Known limit, long amount) {
			if (limit == null || amount == 0) {
				return CompletableFuture.completedFuture(0L);
			}
			return bucket(limit).tryConsumeAndReturnRemaining(amount).thenApply((probe) -> {
				limit.learn(probe.getRemainingTokens());
				return probe.isConsumed() ? 0L : Math.max(1, probe.getNanosToWaitForRefill());
			});
		}

		void adjust(@Nullable Known limit, long amount) {
			if (limit == null || amount == 0) {
				return;
			}
			limit.learn(limit.level() + amount);
			if (amount > 0) {
				bucket(limit).addTokens(amount);
			}
			else {
				bucket(limit).consumeIgnoringRateLimits(-amount);
			}
		}

		private AsyncBucketProxy bucket(Known limit) {
			return this.buckets.builder()
				.build(limit.key, () -> CompletableFuture.completedFuture(limit.configuration));
		}

	}

	/**
	 * What this process knows of a bucket: its last level in Redis, and what was refilled
	 * since.
	 */
	private static final class Known {

		private final byte[] key;

		private final BucketLimit limit;

		private final BucketConfiguration configuration;

		private long level;

		private long learnt = System.nanoTime();

		private Known(String key, BucketLimit limit) {
			this.key = (key + ":" + limit.id()).getBytes(StandardCharsets.UTF_8);
			this.limit = limit;
			this.configuration = limit.configuration();
			this.level = limit.capacity();
		}

		static @Nullable Known of(String key, @Nullable BucketLimit limit) {
			return (limit == null) ? null : new Known(key, limit);
		}

		synchronized void learn(long level) {
			this.level = Math.min(level, this.limit.capacity());
			this.learnt = System.nanoTime();
		}

		synchronized long level() {
			return Math.min(this.limit.capacity(),
					this.level + (System.nanoTime() - this.learnt) / Math.max(1, this.limit.nanosFor(1)));
		}

		synchronized long waitFor(long amount) {
			return Math.max(0, this.limit.nanosFor(amount - this.level) - (System.nanoTime() - this.learnt));
		}

	}

}
