package io.arcllm.module;

import java.time.Duration;

import io.arcllm.TimeoutStage;

/**
 * How long an attempt may be silent. Put into the {@link Scope} by the timeout module,
 * kept by the contract module, which alone sees what was delivered.
 *
 * @param attempt for a whole answer
 * @param firstToken to the first content of a stream
 * @param idle between two pieces of content
 */
public record AttemptLimits(Duration attempt, Duration firstToken, Duration idle) {

	public Duration of(TimeoutStage stage) {
		return switch (stage) {
			case FIRST_TOKEN -> this.firstToken;
			case IDLE -> this.idle;
			case ATTEMPT, CONNECT -> this.attempt;
		};
	}

}
