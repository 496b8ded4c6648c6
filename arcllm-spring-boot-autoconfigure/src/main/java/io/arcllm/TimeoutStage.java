package io.arcllm;

/**
 * The phase in which a target was silent for too long.
 */
public enum TimeoutStage {

	/** While connecting, or while waiting for a connection of the pool. */
	CONNECT,

	/** Before the first token of a stream. */
	FIRST_TOKEN,

	/** Between two tokens of a stream. */
	IDLE,

	/** A stream had too few tokens a second. */
	RATE,

	/** Before a whole answer was there. */
	ATTEMPT

}
