package io.arcllm.module.ratelimit;

import java.time.Duration;

/**
 * How much of a limit is left, for meters and the actuator.
 *
 * @param requests requests that may be sent now; negative for debt,
 * {@link Long#MAX_VALUE} without a limit
 * @param tokens tokens that may be used now; negative for debt, {@link Long#MAX_VALUE}
 * without a limit
 * @param queued calls that wait for their turn
 * @param admitted calls let through since the start
 * @param refused calls refused since the start
 * @param nextIn how long a call of one token would wait now
 */
public record RateLimitStatus(long requests, long tokens, int queued, long admitted, long refused, Duration nextIn) {
}
