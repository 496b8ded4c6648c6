package io.arcllm.module.hedge;

import io.arcllm.module.Percent;

/**
 * How many calls of one chain may be hedged: a few at once, and a share of all. Safe for
 * use by many threads.
 */
public final class HedgeBudget {

	private static final long WHOLE = 1_000_000;

	/** What quiet times save up for a bad one. */
	private static final int MOST_SAVED = 10;

	private long share;

	private long most;

	private long saved;

	/**
	 * @param settings how many there may be
	 */
	public HedgeBudget(HedgeSettings settings) {
		this.saved = settings.burst() * WHOLE;
		use(settings.maxRatio(), settings.burst());
	}

	/**
	 * From now on so many may be hedged; what is saved is no more for it.
	 * @param maxRatio the share of all calls
	 * @param burst so many at once
	 */
	public synchronized void use(Percent maxRatio, int burst) {
		this.share = Math.round(maxRatio.ratio() * WHOLE);
		this.most = Math.max(MOST_SAVED * WHOLE, burst * WHOLE);
		this.saved = Math.min(this.saved, this.most);
	}

	/**
	 * A call begins: it earns its share of a hedge.
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
