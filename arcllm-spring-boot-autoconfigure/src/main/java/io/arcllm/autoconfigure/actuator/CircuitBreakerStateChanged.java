package io.arcllm.autoconfigure.actuator;

import java.time.Duration;

import io.arcllm.Target;
import io.arcllm.module.circuitbreaker.BreakerState;
import org.jspecify.annotations.Nullable;

/**
 * The event that a circuit breaker changed its state. It is published on the thread of
 * the call that caused the change, so {@code @EventListener}s must return soon.
 *
 * @param target the target of the breaker
 * @param from the state before
 * @param to the state now
 * @param openFor how long it will stay open, when it opened
 */
public record CircuitBreakerStateChanged(Target target, BreakerState from, BreakerState to,
		@Nullable Duration openFor) {
}
