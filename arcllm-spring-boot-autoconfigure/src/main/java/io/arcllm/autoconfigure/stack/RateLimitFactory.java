package io.arcllm.autoconfigure.stack;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.arcllm.LlmConfigException;
import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.module.Readiness;
import io.arcllm.module.ratelimit.BucketCustomizer;
import io.arcllm.module.ratelimit.LimitStore;
import io.arcllm.module.ratelimit.MemoryStore;
import io.arcllm.module.ratelimit.RateLimitCustomizer;
import io.arcllm.module.ratelimit.RateLimitModule;
import io.arcllm.module.ratelimit.RateLimitSettings;
import io.arcllm.module.ratelimit.RateLimitStatus;
import io.arcllm.module.ratelimit.RateLimiter;
import io.arcllm.module.ratelimit.SharedLimitStores;
import org.jspecify.annotations.Nullable;

/**
 * Puts rate limits into stacks, one a target.
 */
public final class RateLimitFactory implements ModuleFactory {

	private static final String NAME = "rate-limit";

	private final @Nullable SharedLimitStores shared;

	private final List<RateLimitCustomizer> customizers;

	private final Gauges gauges;

	private final Engines<RateLimitSettings, RateLimiter> limiters;

	public RateLimitFactory(ModuleSettings settings, @Nullable SharedLimitStores shared,
			List<RateLimitCustomizer> customizers, Gauges gauges) {
		this.limiters = new Engines<>((place) -> settings.bind(NAME, RateLimitSettings.class, place), this::create);
		this.shared = shared;
		this.customizers = customizers;
		this.gauges = gauges;
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public LlmProvider around(LlmProvider inner, StackPosition place) {
		return new RateLimitModule(inner, this.limiters.of(place));
	}

	@Override
	public Readiness readiness(StackPosition place) {
		return this.limiters.of(place);
	}

	@Override
	public Map<Target, List<?>> states() {
		return ModuleFactory.states(this.limiters, (limiter) -> Level.of(limiter.status()));
	}

	private RateLimiter create(Target target, RateLimitSettings settings) {
		RateLimiter limiter = new RateLimiter(target, settings, store(target, settings));
		if (settings.requestsPerMinute() != null) {
			this.gauges.gauge("arcllm.ratelimit.requests", target, () -> limiter.status().requests());
		}
		if (settings.tokensPerMinute() != null) {
			this.gauges.gauge("arcllm.ratelimit.tokens", target, () -> limiter.status().tokens());
		}
		this.gauges.gauge("arcllm.ratelimit.queued", target, () -> limiter.status().queued());
		return limiter;
	}

	private LimitStore store(Target target, RateLimitSettings settings) {
		if (settings.store() == RateLimitSettings.Store.MEMORY) {
			return new MemoryStore(settings, customizer(this.customizers, target));
		}
		if (this.shared == null) {
			throw noRedis();
		}
		return this.shared.create(target, settings);
	}

	public static BucketCustomizer customizer(List<RateLimitCustomizer> customizers, Target target) {
		return (measure, bucket) -> customizers.forEach((one) -> one.customize(target, measure, bucket));
	}

	public static LlmConfigException noRedis() {
		return new LlmConfigException("arcllm.modules.rate-limit.store",
				"arcllm.modules.rate-limit.store is redis, but there is no connection to Redis: add the dependencies"
						+ " org.springframework.boot:spring-boot-starter-data-redis and"
						+ " com.bucket4j:bucket4j_jdk17-lettuce, and set spring.data.redis.host");
	}

	/**
	 * A limiter's status as it is shown: without a limit there is no level.
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

}
