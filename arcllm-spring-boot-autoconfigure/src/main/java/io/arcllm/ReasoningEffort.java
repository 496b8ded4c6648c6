package io.arcllm;

/**
 * How much the model should think before it answers.
 */
public enum ReasoningEffort {

	/** Not at all, where the vendor allows that. */
	NONE,

	/** As little as possible. */
	MINIMAL,

	/** A little. */
	LOW,

	/** The usual amount. */
	MEDIUM,

	/** A lot. */
	HIGH,

	/** More than a lot, where the model has such a level; else as {@link #HIGH}. */
	XHIGH,

	/** As much as the model can, where it has such a level; else as {@link #HIGH}. */
	MAX

}
