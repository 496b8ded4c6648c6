package io.arcllm.module.bulkhead;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

import io.arcllm.ErrorKind;
import io.arcllm.Target;
import io.arcllm.module.Readiness;
import io.arcllm.module.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * The places a target has, and the queue for them: first come, first served. One serves
 * all stacks of its target. Its lock is held for a few instructions, never across a call.
 */
public final class Bulkhead implements Readiness {

	private final Target target;

	private final BulkheadSettings settings;

	/** Empty whenever a place is free. */
	private final Set<Runnable> queue = new LinkedHashSet<>();

	private int running;

	private long admitted;

	private long refused;

	/**
	 * @param target whose calls it bounds
	 * @param settings how many
	 */
	public Bulkhead(Target target, BulkheadSettings settings) {
		this.target = target;
		this.settings = settings;
	}

	Target target() {
		return this.target;
	}

	Duration queueTimeout() {
		return this.settings.queueTimeout();
	}

	/**
	 * Takes a place if one is free.
	 */
	synchronized boolean tryEnter() {
		if (this.running == this.settings.maxConcurrent()) {
			return false;
		}
		this.running++;
		this.admitted++;
		return true;
	}

	/**
	 * Joins the queue.
	 * @param waiter run once when a place is its own; must return soon
	 * @return false if the queue is full
	 */
	boolean queue(Runnable waiter) {
		synchronized (this) {
			if (this.running == this.settings.maxConcurrent()) {
				boolean room = this.queue.size() < this.settings.maxQueue();
				this.refused += room ? 0 : 1;
				return room && this.queue.add(waiter);
			}
			this.running++;
			this.admitted++;
		}
		waiter.run();
		return true;
	}

	/**
	 * Leaves the queue.
	 * @return false if the waiter was not in it, because a place is its own already
	 */
	synchronized boolean withdraw(Runnable waiter) {
		return this.queue.remove(waiter);
	}

	/**
	 * Leaves the queue because it took too long.
	 */
	synchronized boolean giveUp(Runnable waiter) {
		boolean gone = this.queue.remove(waiter);
		this.refused += gone ? 1 : 0;
		return gone;
	}

	/**
	 * Gives a place back, or on to the call that waits longest for it.
	 */
	void leave() {
		Runnable next;
		synchronized (this) {
			Iterator<Runnable> waiters = this.queue.iterator();
			if (!waiters.hasNext()) {
				this.running--;
				return;
			}
			next = waiters.next();
			waiters.remove();
			this.admitted++;
		}
		next.run();
	}

	@Override
	public synchronized @Nullable Refusal refusal() {
		boolean full = this.running == this.settings.maxConcurrent() && this.queue.size() >= this.settings.maxQueue();
		return full ? new Refusal(ErrorKind.BULKHEAD_FULL, fullness(), null) : null;
	}

	String fullness() {
		return "its bulkhead is full (" + this.settings.maxConcurrent() + " calls under way, "
				+ this.settings.maxQueue() + " queued)";
	}

	/**
	 * What it is doing now.
	 */
	public synchronized BulkheadStatus status() {
		return new BulkheadStatus(this.running, this.queue.size(), this.settings.maxConcurrent(),
				this.settings.maxQueue(), this.admitted, this.refused);
	}

}
