package io.arcllm.module.attempt;

import java.util.List;

import io.arcllm.AnswerBuilder;
import io.arcllm.Cost;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.module.Pricing;
import io.arcllm.module.TokenCount;
import org.jspecify.annotations.Nullable;

/**
 * The cost of one attempt: of the tokens that the vendor reported, and of an estimate of
 * those that it did not, by the price of the model that answered, else of the one that
 * was asked.
 */
final class AttemptCost {

	/** For attempts without a known price. */
	static final AttemptCost UNPRICED = new AttemptCost(Pricing.NONE, new Target("", null), LlmRequest.of(List.of()));

	private final Pricing prices;

	private final Target target;

	private final LlmRequest request;

	/**
	 * @param prices what tokens cost
	 * @param target the target that was asked
	 * @param request what it was asked
	 */
	AttemptCost(Pricing prices, Target target, LlmRequest request) {
		this.prices = prices;
		this.target = target;
		this.request = request;
	}

	/**
	 * The cost of a whole answer. A provider of the application may have set it itself.
	 * @param answered the target with the model that answered
	 */
	@Nullable Cost of(LlmResponse answer, Target answered) {
		if (answer.cost() != null || this.prices == Pricing.NONE) {
			return answer.cost();
		}
		Usage told = answer.usage();
		Integer input = told.inputTokens();
		Integer output = told.outputTokens();
		Usage usage = (input != null && output != null) ? told : with(told,
				(input == null) ? TokenCount.tokens(this.request) : input, (output == null) ? words(answer) : output);
		Cost cost = this.prices.cost(answered, usage);
		return (cost == null) ? this.prices.cost(this.target, usage) : cost;
	}

	/**
	 * Of an attempt that failed or was cancelled. An answer that never began costs what
	 * the vendor reported, which is mostly nothing. The words that were delivered count
	 * even if the vendor had reported fewer tokens by then.
	 */
	@Nullable Cost of(List<LlmEvent> delivered, Usage told, boolean began) {
		if (this.prices == Pricing.NONE) {
			return null;
		}
		boolean counted = told.inputTokens() != null || told.outputTokens() != null;
		if (!began && !counted) {
			return this.prices.cost(this.target, Usage.UNKNOWN);
		}
		Integer input = told.inputTokens();
		Integer output = told.outputTokens();
		int words = words(delivered);
		return this.prices.cost(this.target, with(told, (input == null) ? TokenCount.tokens(this.request) : input,
				(output == null) ? words : Math.max(output, words)));
	}

	/**
	 * Whether a vendor that failed like this had begun to answer. An error that it
	 * answers costs nothing.
	 */
	static boolean began(LlmException failure) {
		return failure.status() == null && failure.kind().cutsAnswers();
	}

	private static Usage with(Usage told, int input, int output) {
		return new Usage(input, output, told.cacheReadTokens(), told.cacheWriteTokens(), told.reasoningTokens());
	}

	private int words(List<LlmEvent> delivered) {
		AnswerBuilder answer = new AnswerBuilder();
		delivered.forEach(answer::add);
		return words(answer.buildPartial(this.target));
	}

	private static int words(LlmResponse answer) {
		Message turn = answer.toMessage();
		return turn.content().isEmpty() ? 0 : TokenCount.tokens(LlmRequest.of(List.of(turn)));
	}

}
