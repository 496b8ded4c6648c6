package io.arcllm.bridge;

import java.util.Locale;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.StopReason;

/**
 * Reads the words that libraries pass on from many vendors for why a model stopped.
 */
public final class StopWords {

	private StopWords() {
	}

	/**
	 * The meaning of a word.
	 * @param word as the library says it
	 * @param toolCalls whether the answer calls tools, which is a reason of its own
	 * @throws LlmException an interruption, if the word says that the answer was given up
	 */
	public static StopReason read(String word, boolean toolCalls) {
		String plain = word.toLowerCase(Locale.ROOT).replace('-', '_');
		StopReason.Type type = switch (plain) {
			case "stop", "end_turn", "eos", "eos_token", "complete", "completed", "finish_reason_stop" ->
				StopReason.Type.END_TURN;
			case "tool_calls", "tool_call", "tool_use", "function_call", "tool_execution" -> StopReason.Type.TOOL_USE;
			case "length", "max_tokens", "model_length", "model_context_window_exceeded", "max_output_tokens" ->
				StopReason.Type.MAX_TOKENS;
			case "stop_sequence" -> StopReason.Type.STOP_SEQUENCE;
			case "safety", "sensitive", "recitation", "prohibited_content", "blocklist", "spii",
					"guardrail_intervened" ->
				StopReason.Type.CONTENT_FILTER;
			case "refusal" -> StopReason.Type.REFUSAL;
			case "pause_turn" -> StopReason.Type.PAUSE;
			case "abort", "error", "cancelled", "canceled", "timeout", "malformed_function_call" ->
				throw LlmException.of(ErrorKind.INTERRUPTED, "The answer was given up: " + word).build();
			default -> plain.startsWith("content_filter") ? StopReason.Type.CONTENT_FILTER : StopReason.Type.OTHER;
		};
		return new StopReason(toolCalls ? StopReason.Type.TOOL_USE : type, word);
	}

}
