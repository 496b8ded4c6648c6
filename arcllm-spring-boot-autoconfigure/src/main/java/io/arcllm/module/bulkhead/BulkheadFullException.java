package io.arcllm.module.bulkhead;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Target;

/**
 * A call got no place in a target's bulkhead; nothing was sent. Has no stack trace, so
 * that refusing is cheap.
 */
public class BulkheadFullException extends LlmException {

	BulkheadFullException(Target target, String reason) {
		super(LlmException.of(ErrorKind.BULKHEAD_FULL, reason).target(target).details(),
				target + " was not asked: " + reason, null);
	}

	@Override
	public Throwable fillInStackTrace() {
		return this;
	}

}
