package io.arcllm.module.budget;

/**
 * Is notified of warnings and of budgets that are used up, for logs, events and meters.
 */
public interface BudgetListener {

	/** Does nothing. */
	BudgetListener NONE = new BudgetListener() {
	};

	/** A share of a limit is spent. */
	default void warning(BudgetWarning warning) {
	}

	/** A limit is used up. */
	default void exhausted(BudgetExhausted exhausted) {
	}

}
