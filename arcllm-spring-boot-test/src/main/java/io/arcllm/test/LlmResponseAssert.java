package io.arcllm.test;

import io.arcllm.LlmResponse;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;

/**
 * Assertions on an answer.
 */
public final class LlmResponseAssert extends AbstractAssert<LlmResponseAssert, LlmResponse> {

	LlmResponseAssert(LlmResponse actual) {
		super(actual, LlmResponseAssert.class);
	}

	/** Verifies that its text is exactly this. */
	public LlmResponseAssert hasText(String text) {
		isNotNull();
		Assertions.assertThat(this.actual.text()).as("text").isEqualTo(text);
		return this;
	}

	/**
	 * Verifies that this target answered.
	 * @param target a provider, or {@code provider/model}
	 */
	public LlmResponseAssert isFrom(String target) {
		isNotNull();
		if (!TrailAssert.isMeant(target, this.actual.target())) {
			failWithMessage("Expected the answer of <%s>, but %s answered", target, this.actual.target());
		}
		return this;
	}

	/** Assertions on the trail of its call. */
	public TrailAssert trail() {
		isNotNull();
		return new TrailAssert(this.actual.trail());
	}

}
