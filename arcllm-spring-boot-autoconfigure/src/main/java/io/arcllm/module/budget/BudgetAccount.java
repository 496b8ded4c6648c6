package io.arcllm.module.budget;

import io.arcllm.module.budget.BudgetWindow.Span;

/**
 * What money is counted under: a limit, one of the things that it counts by themselves,
 * and a window.
 *
 * @param limit the limit
 * @param subject the provider, model, tenant or label's value; empty for all together
 * @param span the window
 */
record BudgetAccount(BudgetLimit limit, String subject, Span span) {

	/** Tells accounts apart, but for their windows. */
	Key key() {
		return new Key(this.limit.name(), this.subject);
	}

	/**
	 * An account in any window.
	 */
	record Key(String limit, String subject) {
	}

	/**
	 * How an account stands, in millionths.
	 *
	 * @param spent what ended attempts cost
	 * @param reserved what is held for those under way
	 */
	record Level(long spent, long reserved) {

		static final Level NONE = new Level(0, 0);

		/** Whether so much more would go beyond the amount. */
		boolean exceeds(long need, long amount) {
			return this.spent + this.reserved + need > amount;
		}

	}

}
