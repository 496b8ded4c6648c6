package io.arcllm;

/**
 * How much one call matters in comparison with others, where calls have to wait.
 */
public enum Priority {

	/** After all others, such as a batch. */
	LOW,

	/** As usual. */
	NORMAL,

	/** Before all others, such as a user that waits. */
	HIGH

}
