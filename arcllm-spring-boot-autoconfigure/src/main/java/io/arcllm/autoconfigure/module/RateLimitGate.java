package io.arcllm.autoconfigure.module;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ConfigMistake;
import io.arcllm.autoconfigure.stack.Gate;
import io.arcllm.module.ratelimit.LimitStore;
import io.arcllm.module.ratelimit.MemoryStore;
import io.arcllm.module.ratelimit.RateLimitCustomizer;
import io.arcllm.module.ratelimit.RateLimitModule;
import io.arcllm.module.ratelimit.RateLimitSettings;
import io.arcllm.module.ratelimit.RateLimitStatus;
import io.arcllm.module.ratelimit.RateLimiter;
import io.arcllm.module.ratelimit.RedisConnection;
import io.arcllm.module.ratelimit.RedisStore;
import io.arcllm.module.ratelimit.SharedLimitStores;
import org.jspecify.annotations.Nullable;

/**
 * The gate of a rate limit, and its stores.
 *
 * @param customizers add limits that settings cannot express
 * @param shared the stores for all replicas, if there are any
 * @param gauges show the levels
 */
public record RateLimitGate(List<RateLimitCustomizer> customizers, Supplier<@Nullable SharedLimitStores> shared,
		Gauges gauges) implements Gate<RateLimitSettings, RateLimiter> {

	private static final String NAME = "rate-limit";

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public Class<RateLimitSettings> settings() {
		return RateLimitSettings.class;
	}

	@Override
	public RateLimiter engine(Target target, RateLimitSettings own) {
		RateLimiter limiter = new RateLimiter(target, own,
				(tenant, settings) -> store((tenant == null) ? target : ofTenant(target, tenant), settings,
						this.shared.get(), this.customizers));
		show(limiter, own);
		return limiter;
	}

	@Override
	public void check(Target target, RateLimitSettings own) {
		if (own.store() == RateLimitSettings.Store.REDIS) {
			SharedLimitStores stores = this.shared.get();
			if (stores == null) {
				throw noRedis();
			}
			stores.check();
		}
	}

	@Override
	public void use(RateLimiter limiter, RateLimitSettings newer) {
		limiter.use(newer);
		show(limiter, newer);
	}

	@Override
	public LlmProvider module(LlmProvider inner, RateLimiter limiter) {
		return new RateLimitModule(inner, limiter);
	}

	@Override
	public Object status(RateLimiter limiter) {
		return Level.of(limiter.status());
	}

	private void show(RateLimiter limiter, RateLimitSettings own) {
		if (own.requestsPerMinute() != null) {
			this.gauges.gauge("arcllm.ratelimit.requests", limiter.target(), () -> limiter.status().requests());
		}
		if (own.tokensPerMinute() != null) {
			this.gauges.gauge("arcllm.ratelimit.tokens", limiter.target(), () -> limiter.status().tokens());
		}
		this.gauges.gauge("arcllm.ratelimit.queued", limiter.target(), () -> limiter.status().queued());
	}

	/**
	 * The name under which replicas share the levels of a tenant.
	 */
	private static Target ofTenant(Target target, String tenant) {
		return new Target(target.provider(), target.model() + ":tenant:" + tenant);
	}

	private static LimitStore store(Target target, RateLimitSettings settings, @Nullable SharedLimitStores shared,
			List<RateLimitCustomizer> customizers) {
		if (settings.store() == RateLimitSettings.Store.MEMORY) {
			return new MemoryStore(settings, RateLimitCustomizer.of(customizers, target));
		}
		if (shared == null) {
			throw noRedis();
		}
		return shared.create(target, settings);
	}

	private static ConfigMistake noRedis() {
		return new ConfigMistake("arcllm.modules.rate-limit.store",
				"arcllm.modules.rate-limit.store is redis, but there is no connection to Redis.",
				"Add the dependencies org.springframework.boot:spring-boot-starter-data-redis and"
						+ " com.bucket4j:bucket4j_jdk17-lettuce, and set spring.data.redis.host.");
	}

	/**
	 * A limiter's status for the actuator; without a limit there is no level.
	 */
	private record Level(@Nullable Long requests, @Nullable Long tokens, int queued, long admitted, long refused,
			Duration nextIn) {

		static Level of(RateLimitStatus status) {
			return new Level(limited(status.requests()), limited(status.tokens()), status.queued(), status.admitted(),
					status.refused(), status.nextIn());
		}

		private static @Nullable Long limited(long level) {
			return (level == Long.MAX_VALUE) ? null : Long.valueOf(level);
		}

	}

	/**
	 * Levels in Redis.
	 */
	public record RedisStores(List<RateLimitCustomizer> customizers,
			Supplier<@Nullable RedisConnection> connection) implements SharedLimitStores {

		@Override
		public LimitStore create(Target target, RateLimitSettings settings) {
			return new RedisStore(target, settings, RateLimitCustomizer.of(this.customizers, target), connected());
		}

		@Override
		public void check() {
			connected();
		}

		private RedisConnection connected() {
			RedisConnection connection = this.connection.get();
			if (connection == null) {
				throw noRedis();
			}
			return connection;
		}

	}

}
