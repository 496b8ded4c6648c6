package io.arcllm.module;

import java.util.List;

import io.arcllm.Attempt;
import org.jspecify.annotations.Nullable;

/**
 * The limit of what one call may cost, for the module that accounts for it. Safe for use
 * by many threads.
 * <p>
 * Invariants: one module accounts for the call at a time, the outermost one; there is a
 * limit only while a module does.
 */
public final class CallCost {

	private volatile @Nullable CostLimit limit;

	private boolean stopped;

	private boolean paid;

	/**
	 * Begins to account for the call.
	 * @return false if an outer module does so already
	 */
	public synchronized boolean tryBegin() {
		boolean begun = !this.paid;
		this.paid = true;
		return begun;
	}

	/** The module that accounts for the call has ended. */
	public synchronized void end() {
		this.paid = false;
		this.limit = null;
	}

	/** Limits what the call may cost; the first attempt is always made. */
	public synchronized void limit(CostLimit limit) {
		this.limit = limit;
	}

	/** Whether there is a limit. Most calls have none. */
	boolean isLimited() {
		return this.limit != null;
	}

	/** Whether an attempt was not made because of the limit. */
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
	 * Decides whether a call may cost more.
	 */
	@FunctionalInterface
	public interface CostLimit {

		/**
		 * Whether another attempt may be made. Must not call methods of the call.
		 * @param ended the attempts so far
		 * @param running how many are under way
		 */
		boolean allows(List<Attempt> ended, int running);

	}

}
