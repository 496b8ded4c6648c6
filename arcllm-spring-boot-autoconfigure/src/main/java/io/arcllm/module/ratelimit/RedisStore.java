package io.arcllm.module.ratelimit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;

import io.arcllm.Target;
import io.arcllm.module.Reachability;
import io.github.bucket4j.ConfigurationBuilder;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Levels in Redis, shared by all replicas of an application. While Redis cannot be
 * reached, which is logged once, {@code on-store-failure} decides; one call a second
 * tries it again. Safe for use by many threads.
 */
public final class RedisStore implements LimitStore {

	private static final Log logger = LogFactory.getLog(RedisStore.class);

	private final Target target;

	private final Function<RateLimitSettings, RedisBuckets> buckets;

	private volatile RateLimitSettings settings;

	private volatile RedisBuckets levels;

	private final MemoryStore local;

	private final Reachability redis = new Reachability();

	/**
	 * @param target the target of the limit
	 * @param settings the limits
	 * @param customizer adds limits that settings cannot express
	 * @param connection connects at once without waiting, and again while there is no
	 * connection
	 */
	public RedisStore(Target target, RateLimitSettings settings, BiConsumer<LimitUnit, ConfigurationBuilder> customizer,
			RedisConnection connection) {
		this.target = target;
		this.settings = settings;
		this.buckets = (own) -> new RedisBuckets("arcllm:rate-limit:" + target, own, customizer, connection);
		this.levels = this.buckets.apply(settings);
		this.local = new MemoryStore(settings, customizer);
		this.levels.warmUp();
	}

	@Override
	public boolean use(RateLimitSettings newer) {
		if (newer.store() != RateLimitSettings.Store.REDIS) {
			return false;
		}
		RedisBuckets before = this.levels;
		RedisBuckets after = this.buckets.apply(newer);
		after.lowerTo(before);
		this.local.keepTo(newer);
		this.settings = newer;
		this.levels = after;
		return true;
	}

	@Override
	public CompletableFuture<Boolean> forget() {
		return this.levels.forget();
	}

	@Override
	public CompletableFuture<Integer> forgetTenants() {
		return this.levels.forgetTenants();
	}

	@Override
	public CompletableFuture<Long> take(long tokens) {
		if (!this.redis.mayAsk()) {
			return without(tokens);
		}
		CompletableFuture<Long> result = new CompletableFuture<>();
		this.levels.take(tokens).whenComplete((wait, ex) -> {
			if (ex == null) {
				back();
				result.complete(wait);
			}
			else {
				away(ex);
				without(tokens).whenComplete((localWait, none) -> {
					if (none == null) {
						result.complete(localWait);
					}
					else {
						result.completeExceptionally(none);
					}
				});
			}
		});
		return result;
	}

	private void away(Throwable failure) {
		if (this.redis.lost()) {
			logger.warn("Redis cannot be reached for the rate limit of " + this.target
					+ ": on-store-failure holds until it is back, " + describe() + " (" + failure + ")");
		}
	}

	private void back() {
		if (this.redis.found()) {
			logger.info("Redis is back for the rate limit of " + this.target);
		}
	}

	private String describe() {
		return switch (this.settings.onStoreFailure()) {
			case LOCAL -> "and each replica keeps to the whole limit by itself";
			case OPEN -> "and all calls go through";
			case CLOSED -> "and no call goes through";
		};
	}

	private CompletableFuture<Long> without(long tokens) {
		return switch (this.settings.onStoreFailure()) {
			case LOCAL -> this.local.take(tokens);
			case OPEN -> CompletableFuture.completedFuture(0L);
			case CLOSED -> CompletableFuture.failedFuture(new IllegalStateException("Redis cannot be reached"));
		};
	}

	@Override
	public void adjust(long requests, long tokens) {
		if (isAway()) {
			this.local.adjust(requests, tokens);
		}
		else {
			this.levels.adjust(requests, tokens);
		}
	}

	boolean isAway() {
		return this.redis.isAway();
	}

	@Override
	public long waitFor(long requests, long tokens) {
		if (!isAway()) {
			return this.levels.waitFor(requests, tokens);
		}
		return (this.settings.onStoreFailure() == RateLimitSettings.OnStoreFailure.LOCAL)
				? this.local.waitFor(requests, tokens) : 0;
	}

	@Override
	public long requests() {
		return isAway() ? this.local.requests() : this.levels.requests();
	}

	@Override
	public long tokens() {
		return isAway() ? this.local.tokens() : this.levels.tokens();
	}

	@Override
	public long latency() {
		return patience().toNanos();
	}

	/** How long an answer of Redis may take before it counts as away. */
	static Duration patience() {
		return Duration.ofMillis(500);
	}

}
