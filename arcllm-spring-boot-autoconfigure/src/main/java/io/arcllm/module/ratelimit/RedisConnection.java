package io.arcllm.module.ratelimit;

import java.util.concurrent.CompletionStage;

import io.lettuce.core.api.StatefulRedisConnection;

/**
 * Where a connection to Redis comes from: asked when a limit is made, and again while it
 * cannot be had, so that an application starts without Redis.
 */
@FunctionalInterface
public interface RedisConnection {

	/**
	 * Begins to connect; the connection may be shared.
	 */
	CompletionStage<StatefulRedisConnection<byte[], byte[]>> connect();

}
