package io.arcllm.module.bulkhead;

import java.time.Duration;
import java.util.function.IntFunction;

import io.arcllm.ErrorKind;
import io.arcllm.Priority;
import io.arcllm.Target;
import io.arcllm.module.Readiness;
import io.arcllm.module.Refusal;
import io.arcllm.module.WaitingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The places a target has, and the queue for them: the highest priority first, and first
 * come, first served. One serves all stacks of its target. Its lock is held for a few
 * instructions, never across a call.
 * <p>
 * Invariants: a call takes a place past the queue only while none waits; a waiter leaves
 * the queue by being admitted, displaced or withdrawn, and exactly one of them.
 */
public final class Bulkhead implements Readiness {

	/** Where the search for the number of places begins. */
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
	 * A bulkhead whose number of places stays.
	 * @param target whose calls it bounds
	 * @param settings how many
	 */
	public Bulkhead(Target target, BulkheadSettings settings) {
		this(target, settings, (initial) -> {
			throw new IllegalArgumentException("max-concurrent: auto needs a way to find the number");
		});
	}

	/**
	 * @param target whose calls it bounds
	 * @param settings how many
	 * @param finder makes what finds the number of places, from the one to begin with
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
	 * From now on these are the settings. Calls under way keep their places, and those
	 * that wait theirs in the queue.
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

	/** Whose calls it bounds. */
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
	 * Joins the queue. Where it is full, the last of those leaves it that matter less.
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
	 * @return false if the waiter was not in it, because a place is its own already
	 */
	synchronized boolean withdraw(Waiter waiter) {
		return this.queue.remove(waiter);
	}

	/**
	 * Leaves the queue because it took too long.
	 */
	synchronized boolean giveUp(Waiter waiter) {
		boolean gone = this.queue.remove(waiter);
		this.refused += gone ? 1 : 0;
		return gone;
	}

	/**
	 * The call of a place ended, which says how the target does.
	 * @param nanos how long it had its place, in nanoseconds
	 * @param overloaded whether the target had too much to do
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
	 * Gives a place back, or on to the call whose turn it is.
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
	public @Nullable Refusal refusal() {
		return refusal(null, Priority.NORMAL);
	}

	@Override
	public synchronized @Nullable Refusal refusal(@Nullable String model, Priority priority) {
		boolean full = this.running >= this.limit.calls() && this.queue.size() >= this.settings.maxQueue()
				&& !this.queue.hasBelow(priority);
		return full ? new Refusal(ErrorKind.BULKHEAD_FULL, fullness(), null) : null;
	}

	String fullness() {
		return "its bulkhead is full (" + this.limit.calls() + " calls under way, " + this.settings.maxQueue()
				+ " queued)";
	}

	/**
	 * What it is doing now.
	 */
	public synchronized BulkheadStatus status() {
		return new BulkheadStatus(this.running, this.queue.size(), this.limit.calls(), this.settings.maxQueue(),
				this.admitted, this.refused);
	}

	/**
	 * A call in the queue of a bulkhead. Told once at most; must return soon.
	 */
	interface Waiter {

		/** A place is its own. */
		void admitted();

		/** Its place in the queue was taken by one that matters more. */
		default void displaced() {
		}

		/** How much it matters. */
		default Priority priority() {
			return Priority.NORMAL;
		}

	}

}
