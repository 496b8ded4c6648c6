package io.arcllm.autoconfigure;

import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.module.Gauges;
import io.arcllm.autoconfigure.module.LettuceConnection;
import io.arcllm.autoconfigure.module.RateLimitGate;
import io.arcllm.autoconfigure.stack.GateFactory;
import io.arcllm.module.ratelimit.RateLimitCustomizer;
import io.arcllm.module.ratelimit.RateLimitSettings;
import io.arcllm.module.ratelimit.RateLimiter;
import io.arcllm.module.ratelimit.RedisConnection;
import io.arcllm.module.ratelimit.SharedLimitStores;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Rate limits, where Bucket4j is on the class path; shared ones, where Redis is, too.
 */
@AutoConfiguration(before = ArcllmAutoConfiguration.class, after = ArcllmPropertiesAutoConfiguration.class,
		afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnClass(Bucket.class)
@Import(LettuceConnection.Connecting.class)
public final class ArcllmRateLimitAutoConfiguration {

	@Bean
	GateFactory<RateLimitSettings, RateLimiter> arcllmRateLimit(ModuleSettings settings,
			ObjectProvider<SharedLimitStores> shared, ObjectProvider<RateLimitCustomizer> customizers,
			ObjectProvider<Gauges> gauges) {
		return new GateFactory<>(new RateLimitGate(customizers.orderedStream().toList(), shared::getIfAvailable,
				gauges.getIfAvailable(() -> Gauges.NONE)), settings);
	}

	/**
	 * Shared levels.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Bucket4jLettuce.class)
	static class Sharing {

		@Bean
		@ConditionalOnMissingBean
		SharedLimitStores arcllmSharedLimitStores(ObjectProvider<RedisConnection> connection,
				ObjectProvider<RateLimitCustomizer> customizers) {
			return new RateLimitGate.RedisStores(customizers.orderedStream().toList(), connection::getIfAvailable);
		}

	}

}
