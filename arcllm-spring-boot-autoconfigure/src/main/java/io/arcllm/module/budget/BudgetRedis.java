package io.arcllm.module.budget;

import java.util.concurrent.CompletionStage;

import io.lettuce.core.api.StatefulRedisConnection;

/**
 * Connects to Redis for budgets. Called on first use, and again while there is no
 * connection.
 */
@FunctionalInterface
public interface BudgetRedis {

	/**
	 * Starts to connect; the connection may be shared.
	 */
	CompletionStage<StatefulRedisConnection<byte[], byte[]>> connect();

}
