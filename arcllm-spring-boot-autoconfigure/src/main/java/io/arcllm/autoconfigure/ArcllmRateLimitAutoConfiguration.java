package io.arcllm.autoconfigure;

import java.util.List;

import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.stack.Gauges;
import io.arcllm.autoconfigure.stack.RateLimitFactory;
import io.arcllm.module.ratelimit.RateLimitCustomizer;
import io.arcllm.module.ratelimit.RedisConnection;
import io.arcllm.module.ratelimit.RedisStore;
import io.arcllm.module.ratelimit.SharedLimitStores;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Offers rate limits where Bucket4j is on the class path, shared ones where Redis is,
 * too.
 */
@AutoConfiguration(before = ArcllmAutoConfiguration.class, after = ArcllmPropertiesAutoConfiguration.class,
		afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnClass(Bucket.class)
public final class ArcllmRateLimitAutoConfiguration {

	@Bean
	RateLimitFactory arcllmRateLimit(ModuleSettings settings, ObjectProvider<SharedLimitStores> shared,
			ObjectProvider<RateLimitCustomizer> customizers, ObjectProvider<Gauges> gauges) {
		return new RateLimitFactory(settings, shared.getIfAvailable(), customizers.orderedStream().toList(),
				gauges.getIfAvailable(() -> Gauges.NONE));
	}

	/**
	 * The connection that Spring Boot has the settings of.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Bucket4jLettuce.class, DataRedisConnectionDetails.class })
	@ConditionalOnBean(DataRedisConnectionDetails.class)
	static class Connecting {

		@Bean
		@ConditionalOnMissingBean(RedisConnection.class)
		LettuceConnection arcllmRedisConnection(DataRedisConnectionDetails details) {
			return new LettuceConnection(details);
		}

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
			List<RateLimitCustomizer> all = customizers.orderedStream().toList();
			return (target, settings) -> new RedisStore(target, settings, RateLimitFactory.customizer(all, target),
					connection.getIfAvailable(() -> {
						throw RateLimitFactory.noRedis();
					}));
		}

	}

}
