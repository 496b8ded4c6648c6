package io.arcllm.module.fallback.recovery;

/**
 * What follows when a stream breaks off after some of it was delivered.
 */
public enum Recovery {

	/** The call fails, with what was delivered. */
	FAIL,

	/** The next target answers from the start; what was delivered is declared void. */
	RESTART,

	/** The next target answers again, and the words already delivered are held back. */
	REPLAY,

	/** The next target continues where the answer broke off, if it can. */
	CONTINUE

}
