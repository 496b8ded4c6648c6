package io.arcllm.module.budget;

import java.util.LinkedHashMap;
import java.util.Map;

import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.module.Pricing;
import io.arcllm.module.TokenCount;
import org.jspecify.annotations.Nullable;

/**
 * The expected length of answers of each target: their mean so far, at first a default.
 * The number of targets is bounded; the least recently used one is forgotten. Safe for
 * use by many threads.
 */
public final class AnswerLengths {

	private static final int FIRST_ANSWER = 500;

	/** The longest answer if nothing limits it. */
	private static final int LONGEST_ANSWER = 4096;

	private static final double WEIGHT = 0.1;

	private static final int MOST_KEPT = 1_000;

	private final Map<Target, Double> known = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<Target, Double> eldest) {
			return size() > MOST_KEPT;
		}

	};

	/** Learns from an answer. */
	synchronized void learn(Target target, Usage usage) {
		Integer output = usage.outputTokens();
		if (output != null) {
			this.known.merge(target, (double) output, (before, now) -> before + WEIGHT * (now - before));
		}
	}

	/** The tokens that a request is expected to take. */
	Usage expected(Target target, LlmRequest request, Pricing prices) {
		Double learnt = known(target);
		int most = prices.longestAnswer(target, request.maxTokens());
		double output = (learnt != null) ? learnt : FIRST_ANSWER;
		return Usage.of(TokenCount.tokens(request), (int) Math.min(output, (most > 0) ? most : output));
	}

	private synchronized @Nullable Double known(Target target) {
		return this.known.get(target);
	}

	/** The most tokens that a request may take. */
	Usage worst(Target target, LlmRequest request, Pricing prices) {
		int most = prices.longestAnswer(target, request.maxTokens());
		return Usage.of(TokenCount.tokens(request), (most > 0) ? most : LONGEST_ANSWER);
	}

}
