package io.arcllm.module;

import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import io.arcllm.LlmRequest;
import io.arcllm.Priority;
import org.jspecify.annotations.Nullable;

/**
 * Calls that wait at a gate: those of higher priority first, and in the order of arrival
 * among those of the same priority. Not safe for use by several threads.
 *
 * @param <T> what waits
 */
public final class WaitingQueue<T> {

	/** By priority, the lowest first. */
	private final Map<Priority, Set<T>> waiting = new EnumMap<>(Priority.class);

	private int size;

	public WaitingQueue() {
		for (Priority priority : Priority.values()) {
			this.waiting.put(priority, new LinkedHashSet<>());
		}
	}

	/**
	 * The priority of a call; {@code NORMAL} if its options do not set it.
	 */
	public static Priority priority(LlmRequest request) {
		Priority priority = request.callOptions().priority();
		return (priority == null) ? Priority.NORMAL : priority;
	}

	/** Adds a waiter behind all others of its priority. */
	public void add(T waiter, Priority priority) {
		this.size += of(priority).add(waiter) ? 1 : 0;
	}

	/**
	 * Removes a waiter.
	 * @return whether it was there
	 */
	public boolean remove(T waiter) {
		boolean gone = this.waiting.values().stream().anyMatch((some) -> some.remove(waiter));
		this.size -= gone ? 1 : 0;
		return gone;
	}

	/** The waiter whose turn is next. */
	public @Nullable T head() {
		T head = null;
		for (Set<T> some : this.waiting.values()) {
			head = some.isEmpty() ? head : some.iterator().next();
		}
		return head;
	}

	/** Removes the waiter whose turn is next. */
	public @Nullable T poll() {
		T head = head();
		if (head != null) {
			remove(head);
		}
		return head;
	}

	/** The last waiter of the lowest priority, if that is lower than this one. */
	public @Nullable T lastBelow(Priority priority) {
		for (Map.Entry<Priority, Set<T>> some : this.waiting.entrySet()) {
			if (some.getKey().compareTo(priority) >= 0) {
				return null;
			}
			T last = null;
			for (Iterator<T> all = some.getValue().iterator(); all.hasNext();) {
				last = all.next();
			}
			if (last != null) {
				return last;
			}
		}
		return null;
	}

	/** Whether a waiter has a lower priority. */
	public boolean hasBelow(Priority priority) {
		return this.waiting.entrySet()
			.stream()
			.anyMatch((some) -> some.getKey().compareTo(priority) < 0 && !some.getValue().isEmpty());
	}

	/** How many waiters have this priority or a higher one. */
	public int sizeFrom(Priority priority) {
		int size = 0;
		for (Map.Entry<Priority, Set<T>> some : this.waiting.entrySet()) {
			size += (some.getKey().compareTo(priority) >= 0) ? some.getValue().size() : 0;
		}
		return size;
	}

	public boolean isEmpty() {
		return this.size == 0;
	}

	public int size() {
		return this.size;
	}

	private Set<T> of(Priority priority) {
		Set<T> some = this.waiting.get(priority);
		if (some == null) {
			throw new IllegalArgumentException("There is no queue for " + priority);
		}
		return some;
	}

}
