package io.arcllm.test;

import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.Trail;
import org.assertj.core.api.Assertions;

/**
 * AssertJ's assertions, and assertions on answers, failures and trails.
 */
public final class ArcllmAssertions extends Assertions {

	private ArcllmAssertions() {
	}

	/** Asserts on an answer. */
	public static LlmResponseAssert assertThat(LlmResponse actual) {
		return new LlmResponseAssert(actual);
	}

	/** Asserts on the trail of a call. */
	public static TrailAssert assertThat(Trail actual) {
		return new TrailAssert(actual);
	}

	/** Asserts on a failed call. */
	public static LlmExceptionAssert assertThat(LlmException actual) {
		return new LlmExceptionAssert(actual);
	}

}
