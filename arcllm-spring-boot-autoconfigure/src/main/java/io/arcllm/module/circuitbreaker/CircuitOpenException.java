package io.arcllm.module.circuitbreaker;

import io.arcllm.LlmException;
import io.arcllm.Target;
import io.arcllm.module.Rejection;

/**
 * A call was refused because its target is down or paused. Nothing was sent. Has no stack
 * trace, so that refusing is cheap.
 */
public class CircuitOpenException extends LlmException {

	CircuitOpenException(Target target, Rejection rejection) {
		super(LlmException.of(rejection.kind(), rejection.reason())
			.target(target)
			.retryAfter(rejection.retryAfter())
			.details(), target + " was not asked: " + rejection.reason(), null);
	}

	@Override
	public Throwable fillInStackTrace() {
		return this;
	}

}
