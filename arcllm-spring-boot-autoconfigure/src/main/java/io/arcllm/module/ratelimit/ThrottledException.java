package io.arcllm.module.ratelimit;

import java.time.Duration;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

/**
 * A call was refused because it would have waited too long for its turn. Nothing was
 * sent. Has no stack trace, so that refusing is cheap.
 */
public class ThrottledException extends LlmException {

	ThrottledException(Target target, String reason, @Nullable Duration retryAfter) {
		super(LlmException.of(ErrorKind.THROTTLED, reason).target(target).retryAfter(retryAfter).details(),
				target + " was not asked: " + reason, null);
	}

	@Override
	public Throwable fillInStackTrace() {
		return this;
	}

}
