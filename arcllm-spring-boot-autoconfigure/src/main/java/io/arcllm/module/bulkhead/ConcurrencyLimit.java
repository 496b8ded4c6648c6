package io.arcllm.module.bulkhead;

/**
 * How many calls a target gets at once, now. Safe for use by many threads.
 */
@FunctionalInterface
public interface ConcurrencyLimit {

	/**
	 * How many; 1 or more.
	 */
	int calls();

	/**
	 * A call ended whose end says how the target does.
	 * @param nanos how long it had its place, in nanoseconds
	 * @param running how many had one when it ended, itself included
	 * @param overloaded whether the target said, or showed, that it had too much to do
	 */
	default void ended(long nanos, int running, boolean overloaded) {
	}

}
