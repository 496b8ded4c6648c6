package io.arcllm.module.fallback.recovery;

import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import io.arcllm.Target;

/**
 * How a chain recovers a stream that broke off after some of it was delivered.
 *
 * @param recovery what follows
 * @param acceptsPrefix whether a target continues an unfinished turn of its own
 * @param mayRepeat asked before the target that broke off is asked again
 */
public record RecoveryPlan(Recovery recovery, Predicate<Target> acceptsPrefix, BooleanSupplier mayRepeat) {

	/** No recovery. */
	public static final RecoveryPlan NONE = new RecoveryPlan(Recovery.FAIL, (target) -> false, () -> false);

}
