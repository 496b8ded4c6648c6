package io.arcllm.module.circuitbreaker;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;

/**
 * What a circuit breaker does with calls.
 */
public enum BreakerState {

	/** Lets all through. */
	CLOSED,

	/** Refuses all until its time is over. */
	OPEN,

	/** Lets a few probes through, and refuses the rest. */
	HALF_OPEN,

	/** Refuses all until told otherwise. */
	FORCED_OPEN,

	/** Lets all through and counts nothing, until told otherwise. */
	DISABLED,

	/** Lets all through and counts, until told otherwise. */
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
