package io.arcllm.module.circuitbreaker;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The state of a circuit breaker, for meters, health and the actuator.
 *
 * @param state what it does with calls
 * @param failureRate the share of failures in the window in percent, once there were
 * enough calls
 * @param slowCallRate the share of slow calls in the window in percent, once there were
 * enough calls
 * @param calls calls in the window
 * @param failures failures in the window
 * @param consecutiveFailures failures in a row
 * @param probes probes under way
 * @param refused calls refused since the start
 * @param retryAfter when it will admit calls again, if it does not now and that is known
 */
public record BreakerStatus(BreakerState state, @Nullable Double failureRate, @Nullable Double slowCallRate, int calls,
		int failures, int consecutiveFailures, int probes, long refused, @Nullable Duration retryAfter) {
}
