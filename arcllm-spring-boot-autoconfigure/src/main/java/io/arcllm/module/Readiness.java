package io.arcllm.module;

import io.arcllm.Priority;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a gate would admit a call, without taking a permit or a probe: lets a
 * fallback pass over a target that would refuse.
 */
@FunctionalInterface
public interface Readiness {

	/** Always ready. */
	Readiness READY = () -> null;

	/**
	 * Why it would refuse now, or {@code null} if it would admit.
	 */
	@Nullable Refusal refusal();

	/**
	 * Why it would refuse a request for that model now, or {@code null} if it would
	 * admit.
	 * @param model of the request; {@code null} for the target's own
	 */
	default @Nullable Refusal refusal(@Nullable String model) {
		return refusal();
	}

	/**
	 * The same for a request that matters so much, where calls may have to wait.
	 * @param model of the request; {@code null} for the target's own
	 * @param priority of the call
	 */
	default @Nullable Refusal refusal(@Nullable String model, Priority priority) {
		return refusal(model);
	}

}
