package io.arcllm.module;

import java.util.List;

import io.arcllm.Attempt;
import org.jspecify.annotations.Nullable;

/**
 * What one call may cost, for the module that pays for it. Safe for use by many threads.
 * <p>
 * Invariants: one module pays at a time, the one furthest out; there is a limit only
 * while one pays.
 */
public final class CallCost {

	private volatile @Nullable CostLimit limit;

	private boolean stopped;

	private boolean paid;

	/**
	 * Begins to pay for the call.
	 * @return false if it is being paid for already, further out
	 */
	public synchronized boolean tryBegin() {
		boolean begun = !this.paid;
		this.paid = true;
		return begun;
	}

	/** What was paid for has ended. */
	public synchronized void end() {
		this.paid = false;
		this.limit = null;
	}

	/** Bounds what the call may cost; the first attempt is always made. */
	public synchronized void limit(CostLimit limit) {
		this.limit = limit;
	}

	/** Whether there is a limit: most calls have none, and are not held up. */
	boolean isLimited() {
		return this.limit != null;
	}

	/** Whether an attempt was not made because the call has cost enough. */
	public synchronized boolean hasStopped() {
		return this.stopped;
	}

	/**
	 * Whether another attempt may be made.
	 * @param ended the attempts so far
	 * @param running how many are under way
	 */
	synchronized boolean allows(List<Attempt> ended, int running) {
		CostLimit limit = this.limit;
		boolean allowed = limit == null || limit.allows(ended, running);
		this.stopped |= !allowed;
		return allowed;
	}

	/**
	 * Says whether a call may cost more.
	 */
	@FunctionalInterface
	public interface CostLimit {

		/**
		 * Whether another attempt may be made. Must not call back.
		 * @param ended the attempts so far
		 * @param running how many are under way
		 */
		boolean allows(List<Attempt> ended, int running);

	}

}
