package io.arcllm.module.bulkhead;

import java.time.Duration;
import java.util.function.IntFunction;

import io.arcllm.ErrorKind;
import io.arcllm.Priority;
import io.arcllm.Target;
import io.arcllm.module.Readiness;
import io.arcllm.module.Rejection;
import io.arcllm.module.WaitingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The places of a target and the queue for them, by priority and then by arrival. One
 * bulkhead serves all stacks of its target. Safe for use by many threads. Its lock is
 * held for a few instructions, never across a call.
 * <p>
 * Invariants: a call takes a place without queueing only while no call waits; a waiter
 * leaves the queue in exactly one way: admitted, displaced or withdrawn.
 */
public final class Bulkhead implements Readiness {

	/** The first number of places, with {@code auto}. */
	private static final int INITIAL = 5;

	private final Target target;

	private final IntFunction<ConcurrencyLimit> finder;

	private final WaitingQueue<Waiter> queue = new WaitingQueue<>();

	private volatile BulkheadSettings settings;

	private volatile ConcurrencyLimit limit;

	private int running;

	private long admitted;

	private long refused;

	/**
	 * A bulkhead with a fixed number of places.
	 * @param target the target whose calls are limited
	 * @param settings how many calls
	 */
	public Bulkhead(Target target, BulkheadSettings settings) {
		this(target, settings, (initial) -> {
			throw new IllegalArgumentException("max-concurrent: auto needs a way to find the number");
		});
	}

	/**
	 * @param target the target whose calls are limited
	 * @param settings how many calls
	 * @param finder makes the limit that finds the number of places, from the first
	 * number
	 */
	public Bulkhead(Target target, BulkheadSettings settings, IntFunction<ConcurrencyLimit> finder) {
		this.target = target;
		this.settings = settings;
		this.finder = finder;
		this.limit = limit(settings, INITIAL);
	}

	private ConcurrencyLimit limit(BulkheadSettings settings, int initial) {
		int calls = settings.maxConcurrent().calls();
		return settings.maxConcurrent().isAuto() ? this.finder.apply(initial) : () -> calls;
	}

	/**
	 * Applies new settings. Calls under way keep their places, and waiting calls keep
	 * theirs in the queue.
	 */
	public void use(BulkheadSettings newer) {
		synchronized (this) {
			if (!newer.maxConcurrent().equals(this.settings.maxConcurrent())) {
				this.limit = limit(newer, this.limit.calls());
			}
			this.settings = newer;
		}
		serve();
	}

	/** The target whose calls are limited. */
	public Target target() {
		return this.target;
	}

	Duration queueTimeout() {
		return this.settings.queueTimeout();
	}

	/**
	 * Takes a place if one is free.
	 */
	synchronized boolean tryEnter() {
		return this.queue.isEmpty() && take();
	}

	private boolean take() {
		boolean free = this.running < this.limit.calls();
		this.running += free ? 1 : 0;
		this.admitted += free ? 1 : 0;
		return free;
	}

	/**
	 * Joins the queue. If it is full, the last waiter of lower priority leaves it.
	 * @return false if there is no room
	 */
	boolean queue(Waiter waiter) {
		Waiter displaced = null;
		boolean entered;
		synchronized (this) {
			entered = this.queue.isEmpty() && take();
			if (!entered) {
				boolean room = this.queue.size() < this.settings.maxQueue();
				displaced = room ? null : this.queue.lastBelow(waiter.priority());
				this.refused += room ? 0 : 1;
				if (displaced != null) {
					this.queue.remove(displaced);
				}
				else if (!room) {
					return false;
				}
				this.queue.add(waiter, waiter.priority());
			}
		}
		if (displaced != null) {
			displaced.displaced();
		}
		if (entered) {
			waiter.admitted();
		}
		return true;
	}

	/**
	 * Leaves the queue.
	 * @return false if the waiter was not in it, because it has a place already
	 */
	synchronized boolean withdraw(Waiter waiter) {
		return this.queue.remove(waiter);
	}

	/**
	 * Leaves the queue because the wait took too long.
	 */
	synchronized boolean giveUp(Waiter waiter) {
		boolean gone = this.queue.remove(waiter);
		this.refused += gone ? 1 : 0;
		return gone;
	}

	/**
	 * A call with a place ended in a way that says something about the load of the
	 * target.
	 * @param nanos how long it had its place, in nanoseconds
	 * @param overloaded whether the target was overloaded
	 */
	void ended(long nanos, boolean overloaded) {
		int running;
		synchronized (this) {
			running = this.running;
		}
		this.limit.ended(nanos, running, overloaded);
		leave();
	}

	/**
	 * Returns a place, or gives it to the call whose turn it is.
	 */
	void leave() {
		Waiter next;
		synchronized (this) {
			this.running--;
			next = next();
		}
		if (next != null) {
			next.admitted();
			serve();
		}
	}

	/** There may be more places than before. */
	private void serve() {
		for (Waiter next = admit(); next != null; next = admit()) {
			next.admitted();
		}
	}

	private synchronized @Nullable Waiter admit() {
		return next();
	}

	private @Nullable Waiter next() {
		return (this.queue.isEmpty() || !take()) ? null : this.queue.poll();
	}

	@Override
	public @Nullable Rejection rejection() {
		return rejection(null, Priority.NORMAL);
	}

	@Override
	public synchronized @Nullable Rejection rejection(@Nullable String model, Priority priority) {
		boolean full = this.running >= this.limit.calls() && this.queue.size() >= this.settings.maxQueue()
				&& !this.queue.hasBelow(priority);
		return full ? new Rejection(ErrorKind.BULKHEAD_FULL, fullness(), null) : null;
	}

	String fullness() {
		return "its bulkhead is full (" + this.limit.calls() + " calls under way, " + this.settings.maxQueue()
				+ " queued)";
	}

	/**
	 * The present state.
	 */
	public synchronized BulkheadStatus status() {
		return new BulkheadStatus(this.running, this.queue.size(), this.limit.calls(), this.settings.maxQueue(),
				this.admitted, this.refused);
	}

	/**
	 * A call in the queue of a bulkhead. One of its methods is called, at most once; it
	 * must return soon.
	 */
	interface Waiter {

		/** The call has a place. */
		void admitted();

		/** A call of higher priority took its place in the queue. */
		default void displaced() {
		}

		/** The priority of the call. */
		default Priority priority() {
			return Priority.NORMAL;
		}

	}

}
