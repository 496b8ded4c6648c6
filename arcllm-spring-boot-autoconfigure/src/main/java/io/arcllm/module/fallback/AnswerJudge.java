package io.arcllm.module.fallback;

import java.util.Set;
import java.util.function.BiPredicate;

import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.ResponseFormat;
import io.arcllm.StopReason;
import io.arcllm.module.fallback.FallbackSettings.OnAnswer;
import org.jspecify.annotations.Nullable;

/**
 * Decides which answers count as failures, so that another target is asked for a better
 * one.
 *
 * @param useless which answers count as failures
 * @param streams whether streams are held back until they are complete, so that they can
 * be judged
 * @param fits whether a text matches a format
 */
public record AnswerJudge(Set<OnAnswer> useless, boolean streams, BiPredicate<ResponseFormat, String> fits) {

	/** Accepts every answer. */
	public static final AnswerJudge NONE = new AnswerJudge(Set.of(), false, (format, text) -> true);

	public AnswerJudge {
		useless = Set.copyOf(useless);
	}

	/** Whether the answer to this request is judged before it is passed on. */
	boolean judges(LlmRequest request) {
		return !this.useless.isEmpty() && (this.streams || !request.streaming());
	}

	/** Why the answer counts as a failure; {@code null} if it does not. */
	@Nullable OnAnswer uselessness(LlmRequest request, LlmResponse answer) {
		for (OnAnswer reason : OnAnswer.values()) {
			if (this.useless.contains(reason) && is(reason, request, answer)) {
				return reason;
			}
		}
		return null;
	}

	private boolean is(OnAnswer reason, LlmRequest request, LlmResponse answer) {
		StopReason.Type stop = answer.stopReason().type();
		return switch (reason) {
			case REFUSAL -> stop == StopReason.Type.REFUSAL || stop == StopReason.Type.CONTENT_FILTER;
			case MAX_TOKENS -> stop == StopReason.Type.MAX_TOKENS;
			case EMPTY -> answer.content().stream().allMatch(AnswerJudge::saysNothing);
			case INVALID_SCHEMA -> isOfAnotherFormat(request.responseFormat(), answer);
		};
	}

	private static boolean saysNothing(Content content) {
		return content instanceof Content.Thinking || (content instanceof Content.Text text && text.text().isBlank());
	}

	/** An answer that calls tools is not final, so it never counts as this. */
	private boolean isOfAnotherFormat(@Nullable ResponseFormat format, LlmResponse answer) {
		return format != null && answer.toolCalls().isEmpty() && !this.fits.test(format, answer.text());
	}

}
