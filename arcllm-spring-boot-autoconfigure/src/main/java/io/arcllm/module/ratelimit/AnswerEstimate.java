package io.arcllm.module.ratelimit;

import io.arcllm.LlmRequest;
import io.arcllm.module.TokenCount;

/**
 * The estimated tokens of a call: those of the request, and for the answer the average of
 * this target's answers, but never more than the request allows.
 */
final class AnswerEstimate {

	private static final double FIRST_ANSWER = 500;

	private static final double WEIGHT = 0.1;

	private volatile double answer = FIRST_ANSWER;

	/** Learns from an answer. */
	synchronized void learn(int outputTokens) {
		this.answer += WEIGHT * (outputTokens - this.answer);
	}

	long of(LlmRequest request) {
		Integer most = request.maxTokens();
		double output = (most == null) ? this.answer : Math.min(most, this.answer);
		return Math.max(1, TokenCount.tokens(request) + (long) output);
	}

}
