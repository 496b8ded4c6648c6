package io.arcllm.module;

import java.util.List;

import io.arcllm.Attempt;
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
	 * Tells all of them.
	 */
	static CallListener all(List<CallListener> listeners) {
		return listeners.isEmpty() ? NONE
				: (attempt, before) -> listeners.forEach((listener) -> listener.ended(attempt, before));
	}

}
