package io.arcllm.module.circuitbreaker;

import io.arcllm.LlmException;
import io.arcllm.Target;
import io.arcllm.module.Refusal;

/**
 * A call was refused because its target is down or paused. Nothing was sent. Has no stack
 * trace, so that refusing is cheap.
 */
public class CircuitOpenException extends LlmException {

	CircuitOpenException(Target target, Refusal refusal) {
		super(LlmException.of(refusal.kind(), refusal.reason())
			.target(target)
			.retryAfter(refusal.retryAfter())
			.details(), target + " was not asked: " + refusal.reason(), null);
	}

	@Override
	public Throwable fillInStackTrace() {
		return this;
	}

}
