package io.arcllm.module;

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

}
