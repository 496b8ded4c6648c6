package io.arcllm.module.budget;

/**
 * Hears when budgets come near their end: for logs, events and meters.
 */
public interface BudgetListener {

	/** Hears nothing. */
	BudgetListener NONE = new BudgetListener() {
	};

	/** A share of a limit is spent. */
	default void warning(BudgetWarning warning) {
	}

	/** A limit is used up. */
	default void exhausted(BudgetExhausted exhausted) {
	}

}
