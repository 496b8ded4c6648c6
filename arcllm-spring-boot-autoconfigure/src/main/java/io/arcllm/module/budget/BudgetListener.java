package io.arcllm.module.budget;

import java.util.List;

import io.arcllm.module.Hook;

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

	/**
	 * Tells all of them, in this order. What one throws is logged once and changes
	 * nothing.
	 */
	static BudgetListener all(List<BudgetListener> listeners) {
		List<GuardedListener> guarded = listeners.stream().map(GuardedListener::of).toList();
		return new BudgetListener() {

			@Override
			public void warning(BudgetWarning warning) {
				guarded.forEach((one) -> one.warning(warning));
			}

			@Override
			public void exhausted(BudgetExhausted exhausted) {
				guarded.forEach((one) -> one.exhausted(exhausted));
			}

		};
	}

	/**
	 * Tells one listener, and keeps what it throws.
	 *
	 * @param listener of the application
	 * @param hook calls it
	 */
	record GuardedListener(BudgetListener listener, Hook hook) implements BudgetListener {

		static GuardedListener of(BudgetListener listener) {
			return new GuardedListener(listener, new Hook("The listener of budgets " + listener.getClass().getName()));
		}

		@Override
		public void warning(BudgetWarning warning) {
			this.hook.run(() -> this.listener.warning(warning));
		}

		@Override
		public void exhausted(BudgetExhausted exhausted) {
			this.hook.run(() -> this.listener.exhausted(exhausted));
		}

	}

}
