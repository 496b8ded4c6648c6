package io.arcllm.module;

import java.time.Duration;

import io.arcllm.TimeoutStage;
import org.jspecify.annotations.Nullable;

/**
 * How long an attempt may be silent. Put into the {@link Scope} by the timeout module,
 * kept by the contract module, which alone sees what was delivered.
 *
 * @param attempt for a whole answer
 * @param firstToken to the first content of a stream
 * @param idle between two pieces of content
 * @param minRate how fast a stream must be after its first content, if that is bounded
 * @param unread how long the subscriber may ask for nothing; zero for ever
 */
public record AttemptLimits(Duration attempt, Duration firstToken, Duration idle, @Nullable MinRate minRate,
		Duration unread) {

	public AttemptLimits(Duration attempt, Duration firstToken, Duration idle) {
		this(attempt, firstToken, idle, null, Duration.ZERO);
	}

	/** The limit of that stage. */
	public Duration of(TimeoutStage stage) {
		return switch (stage) {
			case FIRST_TOKEN -> this.firstToken;
			case IDLE -> this.idle;
			case RATE -> (this.minRate == null) ? this.idle : this.minRate.window();
			case ATTEMPT, CONNECT -> this.attempt;
		};
	}

}
