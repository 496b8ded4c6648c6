package io.arcllm.module;

import java.util.List;

import io.arcllm.Attempt;
import io.arcllm.LlmResponse;
import io.arcllm.RequestMetadata;
import io.arcllm.Trail;

/**
 * Hears of the attempts of all calls: for meters and the record of decisions. Called on
 * the thread of the call, which waits for it.
 */
@FunctionalInterface
public interface CallListener {

	/** Hears nothing. */
	CallListener NONE = (attempt, before) -> {
	};

	/**
	 * An attempt has ended, or a target was passed over.
	 * @param before what happened earlier in the same call
	 */
	void ended(Attempt attempt, Trail before);

	/**
	 * An attempt has ended, or a target was passed over. Called instead of
	 * {@link #ended(Attempt, Trail)}, which is what it does unless it is overridden.
	 * @param before what happened earlier in the same call
	 * @param metadata tenant, session and labels of the call
	 */
	default void ended(Attempt attempt, Trail before, RequestMetadata metadata) {
		ended(attempt, before);
	}

	/**
	 * A call has its answer.
	 */
	default void answered(LlmResponse response) {
	}

	/**
	 * Tells all of them, in this order. What one throws is logged once and changes
	 * nothing.
	 */
	static CallListener all(List<CallListener> listeners) {
		if (listeners.isEmpty()) {
			return NONE;
		}
		return (listeners.size() == 1) ? guarded(listeners.get(0))
				: new AllListeners(listeners.stream().map(CallListener::guarded).toList());
	}

	private static CallListener guarded(CallListener listener) {
		return (listener == NONE || listener instanceof AllListeners || listener instanceof GuardedListener) ? listener
				: new GuardedListener(listener, new Hook("The listener of calls " + listener.getClass().getName()));
	}

	/**
	 * Tells several listeners.
	 *
	 * @param listeners each guarded
	 */
	record AllListeners(List<CallListener> listeners) implements CallListener {

		@Override
		public void ended(Attempt attempt, Trail before) {
			for (int i = 0; i < this.listeners.size(); i++) {
				this.listeners.get(i).ended(attempt, before);
			}
		}

		@Override
		public void ended(Attempt attempt, Trail before, RequestMetadata metadata) {
			for (int i = 0; i < this.listeners.size(); i++) {
				this.listeners.get(i).ended(attempt, before, metadata);
			}
		}

		@Override
		public void answered(LlmResponse response) {
			for (int i = 0; i < this.listeners.size(); i++) {
				this.listeners.get(i).answered(response);
			}
		}

	}

	/**
	 * Tells one listener, and keeps what it throws.
	 *
	 * @param listener of the application
	 * @param hook calls it
	 */
	record GuardedListener(CallListener listener, Hook hook) implements CallListener {

		@Override
		public void ended(Attempt attempt, Trail before) {
			this.hook.run(() -> this.listener.ended(attempt, before));
		}

		@Override
		public void ended(Attempt attempt, Trail before, RequestMetadata metadata) {
			this.hook.run(() -> this.listener.ended(attempt, before, metadata));
		}

		@Override
		public void answered(LlmResponse response) {
			this.hook.run(() -> this.listener.answered(response));
		}

	}

}
