package io.arcllm.module;

import java.util.List;

import io.arcllm.Attempt;
import io.arcllm.LlmResponse;
import io.arcllm.RequestMetadata;
import io.arcllm.Trail;

/**
 * Is notified of the attempts of all calls, for meters and the record of decisions.
 * Called on the thread of the call, so it must return soon. Must be safe for use by many
 * threads.
 */
@FunctionalInterface
public interface CallListener {

	/** Does nothing. */
	CallListener NONE = (attempt, before) -> {
	};

	/**
	 * An attempt has ended, or a target was passed over.
	 * @param before what happened earlier in the same call
	 */
	void ended(Attempt attempt, Trail before);

	/**
	 * An attempt has ended, or a target was passed over. Called instead of
	 * {@link #ended(Attempt, Trail)}, to which it delegates unless it is overridden.
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
	 * A listener that calls all of them, in this order. What one of them throws is logged
	 * once and changes nothing.
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
	 * Calls several listeners.
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
	 * Calls one listener and catches what it throws.
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
