package io.arcllm.sample.console;

/**
 * The load and the length of a storm, within limits.
 *
 * @param perSecond calls a second, of each of the two kinds
 * @param seconds how long new calls are made
 */
record StormPlan(Integer perSecond, Integer seconds) {

	static final int MOST_PER_SECOND = 200;

	static final int LONGEST = 60;

	StormPlan {
		if (perSecond == null || perSecond < 1 || perSecond > MOST_PER_SECOND || seconds == null || seconds < 1
				|| seconds > LONGEST) {
			throw new IllegalArgumentException("A storm has 1 to " + MOST_PER_SECOND
					+ " calls a second ('perSecond') for 1 to " + LONGEST + " seconds ('seconds')");
		}
	}

	int calls() {
		return this.perSecond * this.seconds;
	}

}
