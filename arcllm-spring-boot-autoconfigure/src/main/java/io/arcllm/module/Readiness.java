package io.arcllm.module;

import io.arcllm.Priority;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a gate would admit a call, without taking a permit or a probe, so that a
 * fallback passes over a target that would refuse. Safe for use by many threads.
 */
@FunctionalInterface
public interface Readiness {

	/** Always ready. */
	Readiness READY = () -> null;

	/**
	 * Why the gate would refuse now, or {@code null} if it would admit.
	 */
	@Nullable Rejection rejection();

	/**
	 * Why it would refuse a request for that model now, or {@code null} if it would
	 * admit.
	 * @param model of the request; {@code null} for the target's own
	 */
	default @Nullable Rejection rejection(@Nullable String model) {
		return rejection();
	}

	/**
	 * The same for a request of this model and priority, where calls may have to wait.
	 * @param model of the request; {@code null} for the target's own
	 * @param priority of the call
	 */
	default @Nullable Rejection rejection(@Nullable String model, Priority priority) {
		return rejection(model);
	}

}
