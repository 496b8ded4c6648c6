package io.arcllm.module.budget;

import java.util.concurrent.CompletionStage;

import io.lettuce.core.api.StatefulRedisConnection;

/**
 * Where a connection to Redis comes from for budgets: asked when it is first needed, and
 * again while it cannot be had.
 */
@FunctionalInterface
public interface BudgetRedis {

	/**
	 * Begins to connect; the connection may be shared.
	 */
	CompletionStage<StatefulRedisConnection<byte[], byte[]>> connect();

}
