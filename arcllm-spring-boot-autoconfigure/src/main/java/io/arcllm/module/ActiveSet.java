package io.arcllm.module;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * The set of calls under way. Every call adds and removes itself, and all of them are
 * rarely looked at. Adding takes no lock and no memory while few are under way. Safe for
 * use by many threads.
 * <p>
 * Invariants: what was added stands in the one slot whose number {@link #add} gave, or
 * among the others, until it is removed; a slot is taken and given up by {@code
 * compareAndSet} alone, so nothing removes what it did not add.
 *
 * @param <T> what is under way
 */
public final class ActiveSet<T> {

	/** Among the others. */
	private static final int NO_SLOT = -1;

	private static final int SLOTS = 256;

	/** Neighbouring slots share a cache line, which threads should not. */
	private static final int OF_A_THREAD = 16;

	/** How many slots are tried. */
	private static final int TRIES = 8;

	private final AtomicReferenceArray<T> slots = new AtomicReferenceArray<>(SLOTS);

	private final Set<T> others = ConcurrentHashMap.newKeySet();

	/**
	 * Adds an element that is not in the set yet.
	 * @return its slot, to be given to {@link #remove}
	 */
	public int add(T one) {
		int first = (int) Thread.currentThread().getId() * OF_A_THREAD;
		for (int i = first; i < first + TRIES; i++) {
			int slot = i & (SLOTS - 1);
			if (this.slots.get(slot) == null && this.slots.compareAndSet(slot, null, one)) {
				return slot;
			}
		}
		this.others.add(one);
		return NO_SLOT;
	}

	/**
	 * Removes an element, if it is still in the set.
	 * @param slot what {@link #add} gave
	 */
	public void remove(T one, int slot) {
		if (slot == NO_SLOT) {
			this.others.remove(one);
		}
		else {
			this.slots.compareAndSet(slot, one, null);
		}
	}

	/**
	 * Calls the action for each element; elements that are added or removed meanwhile may
	 * be missed.
	 */
	public void forEach(Consumer<? super T> action) {
		for (int i = 0; i < SLOTS; i++) {
			T one = this.slots.get(i);
			if (one != null) {
				action.accept(one);
			}
		}
		this.others.forEach(action);
	}

	/** How many there are. */
	public int size() {
		int size = this.others.size();
		for (int i = 0; i < SLOTS; i++) {
			size += (this.slots.get(i) != null) ? 1 : 0;
		}
		return size;
	}

}
