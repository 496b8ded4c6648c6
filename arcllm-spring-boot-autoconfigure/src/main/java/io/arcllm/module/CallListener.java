package io.arcllm.module;

import java.util.List;

import io.arcllm.Attempt;
import io.arcllm.LlmResponse;
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
	 * A call has its answer.
	 */
	default void answered(LlmResponse response) {
	}

	/**
	 * Tells all of them.
	 */
	static CallListener all(List<CallListener> listeners) {
		if (listeners.isEmpty()) {
			return NONE;
		}
		return new CallListener() {

			@Override
			public void ended(Attempt attempt, Trail before) {
				listeners.forEach((listener) -> listener.ended(attempt, before));
			}

			@Override
			public void answered(LlmResponse response) {
				listeners.forEach((listener) -> listener.answered(response));
			}

		};
	}

}
