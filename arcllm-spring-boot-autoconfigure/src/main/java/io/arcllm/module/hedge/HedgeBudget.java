package io.arcllm.module.hedge;

/**
 * How many calls of one chain may be hedged: a few at once, and a share of all. Safe for
 * use by many threads.
 */
public final class HedgeBudget {

	private static final long WHOLE = 1_000_000;

	/** What quiet times save up for a bad one. */
	private static final int MOST_SAVED = 10;

	private final long share;

	private final long most;

	private long saved;

	/**
	 * @param settings how many there may be
	 */
	public HedgeBudget(HedgeSettings settings) {
		this.share = Math.round(settings.maxRatio().ratio() * WHOLE);
		this.saved = settings.burst() * WHOLE;
		this.most = Math.max(MOST_SAVED * WHOLE, this.saved);
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
