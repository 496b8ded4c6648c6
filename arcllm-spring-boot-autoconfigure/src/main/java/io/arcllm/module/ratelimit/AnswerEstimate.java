package io.arcllm.module.ratelimit;

import java.util.List;

import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.Tool;
import io.arcllm.ToolCall;

/**
 * About how many tokens a call will use: a token for four characters of the request, and
 * for the answer what this target's answers took on average, but never more than the
 * request allows.
 */
final class AnswerEstimate {

	private static final int CHARACTERS_PER_TOKEN = 4;

	private static final int TOKENS_PER_MESSAGE = 4;

	private static final int TOKENS_PER_FILE = 1000;

	private static final double FIRST_ANSWER = 500;

	private static final double WEIGHT = 0.1;

	private volatile double answer = FIRST_ANSWER;

	/** Learns from an answer. */
	synchronized void learn(int outputTokens) {
		this.answer += WEIGHT * (outputTokens - this.answer);
	}

	long of(LlmRequest request) {
		long characters = 0;
		for (Message message : request.messages()) {
			characters += TOKENS_PER_MESSAGE * CHARACTERS_PER_TOKEN + characters(message.content());
		}
		for (Tool tool : request.tools()) {
			characters += tool.name().length() + tool.description().length() + tool.parameters().toString().length();
		}
		Integer most = request.maxTokens();
		double output = (most == null) ? this.answer : Math.min(most, this.answer);
		return Math.max(1, characters / CHARACTERS_PER_TOKEN + (long) output);
	}

	private static long characters(List<Content> content) {
		long characters = 0;
		for (Content part : content) {
			characters += characters(part);
		}
		return characters;
	}

	private static long characters(Content part) {
		if (part instanceof Content.Text text) {
			return text.text().length();
		}
		if (part instanceof Content.Thinking thinking) {
			return thinking.text().length();
		}
		if (part instanceof ToolCall call) {
			return call.name().length() + Math.max(call.rawArguments().length(), 20);
		}
		if (part instanceof Content.ToolResult result) {
			return characters(result.content());
		}
		return TOKENS_PER_FILE * CHARACTERS_PER_TOKEN;
	}

}
