package io.arcllm.module;

/**
 * Why an attempt was let go of, for the gates around it: set before it is cancelled. Safe
 * for use by many threads.
 */
public final class Abandonment {

	private volatile boolean silent;

	/** The target was silent for far too long: that is a failure of the target. */
	public void silent() {
		this.silent = true;
	}

	/**
	 * Whether the target was silent for far too long.
	 */
	public boolean isSilent() {
		return this.silent;
	}

}
