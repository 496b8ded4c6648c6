package io.arcllm.module.budget;

import io.arcllm.module.budget.BudgetWindow.Span;

/**
 * What money is counted under: a limit, one subject that it counts separately, and a
 * window.
 *
 * @param limit the limit
 * @param subject the provider, model, tenant or label's value; empty for all together
 * @param span the window
 */
record BudgetAccount(BudgetLimit limit, String subject, Span span) {

	/** Identifies the account in all its windows. */
	Key key() {
		return new Key(this.limit.name(), this.subject);
	}

	/**
	 * An account in any window.
	 */
	record Key(String limit, String subject) {
	}

	/**
	 * The level of an account, in millionths.
	 *
	 * @param spent what ended attempts cost
	 * @param reserved what is reserved for those under way
	 */
	record Level(long spent, long reserved) {

		static final Level NONE = new Level(0, 0);

		/** Whether this much more would exceed the amount. */
		boolean exceeds(long need, long amount) {
			return this.spent + this.reserved + need > amount;
		}

	}

}
