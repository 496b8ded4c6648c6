package io.arcllm.module.bulkhead;

/**
 * How many calls a target may get at the same time now. Safe for use by many threads.
 */
@FunctionalInterface
public interface ConcurrencyLimit {

	/**
	 * How many; 1 or more.
	 */
	int calls();

	/**
	 * A call ended in a way that says something about the load of the target.
	 * @param nanos how long it had its place, in nanoseconds
	 * @param running how many calls had a place when it ended, including itself
	 * @param overloaded whether the target was overloaded
	 */
	default void ended(long nanos, int running, boolean overloaded) {
	}

}
