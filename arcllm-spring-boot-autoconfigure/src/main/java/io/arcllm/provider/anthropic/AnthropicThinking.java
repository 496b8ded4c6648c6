package io.arcllm.provider.anthropic;

import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.ReasoningEffort;
import io.arcllm.ToolChoice;
import io.arcllm.provider.json.JsonBody;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of thinking for an effort, and when thinking can be requested.
 */
final class AnthropicThinking {

	/** The least that Anthropic takes. */
	static final int LEAST = 1024;

	private AnthropicThinking() {
	}

	/**
	 * The budget of thinking in tokens; 0 for no thinking. At most half of the longest
	 * answer, so that there is room for the answer itself.
	 */
	static int budget(LlmRequest request, JsonBody body) {
		int wanted = wanted(request.reasoningEffort());
		String provider = body.target().provider();
		if (wanted == 0 || AnthropicAdaptation.isInsideForeignToolLoop(request.messages(), provider)) {
			return 0;
		}
		ToolChoice choice = request.toolChoice();
		if (choice != null && (choice.mode() == ToolChoice.Mode.REQUIRED || choice.mode() == ToolChoice.Mode.TOOL)) {
			throw body.unsupported("toolChoice " + choice.mode()
					+ " cannot be combined with reasoningEffort at Anthropic: use AUTO, or leave the effort unset");
		}
		if (request.temperature() != null && request.temperature() != 1) {
			throw body.unsupported("temperature cannot be combined with reasoningEffort at Anthropic: leave one unset");
		}
		Integer maxTokens = request.maxTokens();
		if (maxTokens == null) {
			return wanted;
		}
		if (maxTokens <= LEAST) {
			throw body.unsupported("maxTokens " + maxTokens + " leaves no room to think: Anthropic wants more than "
					+ LEAST + ", or leave reasoningEffort unset");
		}
		return Math.max(LEAST, Math.min(wanted, maxTokens / 2));
	}

	private static int wanted(@Nullable ReasoningEffort effort) {
		if (effort == null) {
			return 0;
		}
		return switch (effort) {
			case NONE -> 0;
			case MINIMAL -> LEAST;
			case LOW -> 2048;
			case MEDIUM -> 8192;
			case HIGH, XHIGH, MAX -> 24576;
		};
	}

	/** Whether this is thinking that may be sent back. */
	static boolean isOwn(Content block, String provider) {
		return block instanceof Content.Thinking thinking
				&& (thinking.signature() != null || thinking.redacted() != null)
				&& (thinking.provider() == null || thinking.provider().equals(provider));
	}

}
