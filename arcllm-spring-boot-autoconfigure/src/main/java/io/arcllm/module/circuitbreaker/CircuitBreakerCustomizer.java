package io.arcllm.module.circuitbreaker;

import io.arcllm.Target;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;

/**
 * Changes what settings cannot say about circuit breakers: a bean of this type is asked
 * once for each breaker.
 */
@FunctionalInterface
public interface CircuitBreakerCustomizer {

	/**
	 * Called after the settings were applied.
	 * @param target whose breaker it will be
	 */
	void customize(Target target, CircuitBreakerConfig.Builder config);

}
