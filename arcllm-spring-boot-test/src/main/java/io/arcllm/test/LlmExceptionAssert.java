package io.arcllm.test;

import java.time.Duration;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.Assertions;

/**
 * Assertions on a failed call.
 */
public final class LlmExceptionAssert extends AbstractThrowableAssert<LlmExceptionAssert, LlmException> {

	LlmExceptionAssert(LlmException actual) {
		super(actual, LlmExceptionAssert.class);
	}

	/** Verifies that the failure has this kind. */
	public LlmExceptionAssert hasKind(ErrorKind kind) {
		isNotNull();
		Assertions.assertThat(this.actual.kind()).as("kind").isEqualTo(kind);
		return this;
	}

	/** Verifies the wait that the failure names. */
	public LlmExceptionAssert hasRetryAfter(Duration retryAfter) {
		isNotNull();
		Assertions.assertThat(this.actual.retryAfter()).as("retryAfter").isEqualTo(retryAfter);
		return this;
	}

	/** Assertions on the trail of its call. */
	public TrailAssert trail() {
		isNotNull();
		return new TrailAssert(this.actual.trail());
	}

}
