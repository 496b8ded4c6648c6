package io.arcllm.autoconfigure.config;

/**
 * Which defaults hold.
 */
public enum Profile {

	/** Modules are off until they are switched on. */
	NONE,

	/** Calls survive what happens to vendors. */
	RESILIENT

}
