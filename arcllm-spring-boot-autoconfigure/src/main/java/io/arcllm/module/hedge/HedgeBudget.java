package io.arcllm.module.hedge;

import io.arcllm.module.Percent;

/**
 * The number of calls of one chain that may be hedged: a burst, and a share of all calls.
 * Safe for use by many threads.
 */
public final class HedgeBudget {

	private static final long WHOLE = 1_000_000;

	/** The most hedges that are saved. */
	private static final int MOST_SAVED = 10;

	private long share;

	private long most;

	private long saved;

	/**
	 * @param settings the share and the burst
	 */
	public HedgeBudget(HedgeSettings settings) {
		this.saved = settings.burst() * WHOLE;
		use(settings.maxRatio(), settings.burst());
	}

	/**
	 * Applies new settings; saved hedges do not increase.
	 * @param maxRatio the largest share of all calls
	 * @param burst how many calls may be hedged before the ratio counts
	 */
	public synchronized void use(Percent maxRatio, int burst) {
		this.share = Math.round(maxRatio.ratio() * WHOLE);
		this.most = Math.max(MOST_SAVED * WHOLE, burst * WHOLE);
		this.saved = Math.min(this.saved, this.most);
	}

	/**
	 * A call begins, and adds its share of a hedge.
	 */
	synchronized void called() {
		this.saved = Math.min(this.most, this.saved + this.share);
	}

	/**
	 * Takes a hedge.
	 * @return false if too many calls were hedged
	 */
	synchronized boolean tryHedge() {
		if (this.saved < WHOLE) {
			return false;
		}
		this.saved -= WHOLE;
		return true;
	}

}
