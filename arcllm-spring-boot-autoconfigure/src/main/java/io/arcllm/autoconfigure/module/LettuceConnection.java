package io.arcllm.autoconfigure.module;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import io.arcllm.LlmConfigException;
import io.arcllm.module.ratelimit.RedisConnection;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Standalone;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * One connection to the Redis of {@code spring.data.redis}, for all limits together. It
 * is opened on first use.
 */
public final class LettuceConnection implements RedisConnection, DisposableBean {

	private final DataRedisConnectionDetails details;

	private @Nullable RedisClient client;

	private @Nullable CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connection;

	LettuceConnection(DataRedisConnectionDetails details) {
		this.details = details;
	}

	@Override
	public synchronized CompletionStage<StatefulRedisConnection<byte[], byte[]>> connect() {
		if (this.connection == null || this.connection.isCompletedExceptionally()) {
			if (this.client == null) {
				this.client = client(this.details.getSslBundle());
			}
			this.connection = this.client.connectAsync(ByteArrayCodec.INSTANCE, uri()).toCompletableFuture();
		}
		return this.connection;
	}

	private static RedisClient client(@Nullable SslBundle bundle) {
		RedisClient client = RedisClient.create();
		if (bundle != null) {
			client.setOptions(ClientOptions.builder()
				.sslOptions(SslOptions.builder()
					.keyManager(bundle.getManagers().getKeyManagerFactory())
					.trustManager(bundle.getManagers().getTrustManagerFactory())
					.build())
				.build());
		}
		return client;
	}

	private RedisURI uri() {
		Standalone redis = this.details.getStandalone();
		if (redis == null) {
			throw new LlmConfigException("spring.data.redis",
					"A rate limit in Redis needs a single Redis: for a cluster or sentinels, register a bean of the type "
							+ RedisConnection.class.getName());
		}
		RedisURI.Builder uri = RedisURI.builder()
			.withHost(redis.getHost())
			.withPort(redis.getPort())
			.withDatabase(redis.getDatabase())
			.withSsl(this.details.getSslBundle() != null);
		String user = this.details.getUsername();
		String password = this.details.getPassword();
		if (password != null && user != null) {
			uri.withAuthentication(user, password);
		}
		else if (password != null) {
			uri.withPassword(password.toCharArray());
		}
		return uri.build();
	}

	@Override
	public void destroy() {
		RedisClient client = client();
		if (client != null) {
			client.shutdown(0, 2, TimeUnit.SECONDS);
		}
	}

	private synchronized @Nullable RedisClient client() {
		return this.client;
	}

	/**
	 * The connection with Spring Boot's settings, for rate limits and budgets.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ StatefulRedisConnection.class, DataRedisConnectionDetails.class })
	@ConditionalOnBean(DataRedisConnectionDetails.class)
	public static class Connecting {

		@Bean
		@ConditionalOnMissingBean(RedisConnection.class)
		LettuceConnection arcllmRedisConnection(DataRedisConnectionDetails details) {
			return new LettuceConnection(details);
		}

	}

}
