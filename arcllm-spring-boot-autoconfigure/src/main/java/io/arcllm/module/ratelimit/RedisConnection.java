package io.arcllm.module.ratelimit;

import java.util.concurrent.CompletionStage;

import io.lettuce.core.api.StatefulRedisConnection;

/**
 * Connects to Redis for rate limits. Called when a limit is made, and again while there
 * is no connection, so that an application starts without Redis.
 */
@FunctionalInterface
public interface RedisConnection {

	/**
	 * Starts to connect; the connection may be shared.
	 */
	CompletionStage<StatefulRedisConnection<byte[], byte[]>> connect();

}
