package io.arcllm.autoconfigure.actuator;

import java.time.Duration;

import io.arcllm.Target;
import io.arcllm.module.circuitbreaker.BreakerState;
import org.jspecify.annotations.Nullable;

/**
 * Tells the application's {@code @EventListener}s that a circuit breaker changed its
 * state. Published on the thread of the call that tipped the scales: listeners must
 * return soon.
 *
 * @param target whose breaker it is
 * @param from the state before
 * @param to the state now
 * @param openFor how long it will stay open, when it opened
 */
public record CircuitBreakerStateChanged(Target target, BreakerState from, BreakerState to,
		@Nullable Duration openFor) {
}
