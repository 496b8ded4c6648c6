package io.arcllm.module.circuitbreaker;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;

/**
 * What a circuit breaker does with calls.
 */
public enum BreakerState {

	/** Lets all calls through. */
	CLOSED,

	/** Refuses all calls until its time is over. */
	OPEN,

	/** Lets a few probes through, and refuses all other calls. */
	HALF_OPEN,

	/** Refuses all calls until it is changed by hand. */
	FORCED_OPEN,

	/** Lets all calls through and counts nothing, until it is changed by hand. */
	DISABLED,

	/** Lets all calls through and counts, until it is changed by hand. */
	METRICS_ONLY;

	static BreakerState of(CircuitBreaker.State state) {
		return switch (state) {
			case CLOSED -> CLOSED;
			case OPEN -> OPEN;
			case HALF_OPEN -> HALF_OPEN;
			case FORCED_OPEN -> FORCED_OPEN;
			case DISABLED -> DISABLED;
			case METRICS_ONLY -> METRICS_ONLY;
		};
	}

}
