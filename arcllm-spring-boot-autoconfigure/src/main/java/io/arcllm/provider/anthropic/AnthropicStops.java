package io.arcllm.provider.anthropic;

import io.arcllm.StopReason;
import io.arcllm.StopReason.Type;
import org.jspecify.annotations.Nullable;

/**
 * Anthropic's words for why a model stopped.
 */
final class AnthropicStops {

	private AnthropicStops() {
	}

	static StopReason read(@Nullable String word) {
		if (word == null) {
			return new StopReason(Type.OTHER, "");
		}
		return new StopReason(switch (word) {
			case "end_turn" -> Type.END_TURN;
			case "tool_use" -> Type.TOOL_USE;
			case "max_tokens", "model_context_window_exceeded" -> Type.MAX_TOKENS;
			case "stop_sequence" -> Type.STOP_SEQUENCE;
			case "refusal" -> Type.REFUSAL;
			case "pause_turn" -> Type.PAUSE;
			default -> Type.OTHER;
		}, word);
	}

}
