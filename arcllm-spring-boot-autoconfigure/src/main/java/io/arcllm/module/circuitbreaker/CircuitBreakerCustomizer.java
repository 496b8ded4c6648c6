package io.arcllm.module.circuitbreaker;

import io.arcllm.Target;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;

/**
 * Changes what settings cannot express about circuit breakers. A bean of this type is
 * called once for each breaker.
 */
@FunctionalInterface
public interface CircuitBreakerCustomizer {

	/**
	 * Called after the settings were applied.
	 * @param target the target of the breaker
	 */
	void customize(Target target, CircuitBreakerConfig.Builder config);

}
