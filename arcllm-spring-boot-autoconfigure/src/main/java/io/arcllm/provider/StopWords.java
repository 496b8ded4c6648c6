package io.arcllm.provider;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.StopReason;
import io.arcllm.StopReason.Type;
import io.arcllm.ToolCall;
import org.jspecify.annotations.Nullable;

/**
 * The table of vendors' words for stop reasons, for all formats and for models of other
 * libraries.
 */
public final class StopWords {

	private static final Map<String, Type> TYPES = Map.ofEntries(Map.entry("stop", Type.END_TURN),
			Map.entry("end_turn", Type.END_TURN), Map.entry("eos", Type.END_TURN),
			Map.entry("eos_token", Type.END_TURN), Map.entry("complete", Type.END_TURN),
			Map.entry("completed", Type.END_TURN), Map.entry("end", Type.END_TURN),
			Map.entry("finish_reason_stop", Type.END_TURN), Map.entry("tool_execution", Type.TOOL_USE),
			Map.entry("tool_calls", Type.TOOL_USE), Map.entry("tool_call", Type.TOOL_USE),
			Map.entry("tool_use", Type.TOOL_USE), Map.entry("function_call", Type.TOOL_USE),
			Map.entry("length", Type.MAX_TOKENS), Map.entry("max_tokens", Type.MAX_TOKENS),
			Map.entry("max_output_tokens", Type.MAX_TOKENS), Map.entry("max_length", Type.MAX_TOKENS),
			Map.entry("model_length", Type.MAX_TOKENS), Map.entry("model_context_window_exceeded", Type.MAX_TOKENS),
			Map.entry("context_window_exceeded", Type.MAX_TOKENS), Map.entry("max_new_tokens", Type.MAX_TOKENS),
			Map.entry("error_limit", Type.MAX_TOKENS), Map.entry("context_length_exceeded", Type.MAX_TOKENS),
			Map.entry("stop_sequence", Type.STOP_SEQUENCE), Map.entry("safety", Type.CONTENT_FILTER),
			Map.entry("image_safety", Type.CONTENT_FILTER), Map.entry("sensitive", Type.CONTENT_FILTER),
			Map.entry("recitation", Type.CONTENT_FILTER), Map.entry("blocklist", Type.CONTENT_FILTER),
			Map.entry("prohibited_content", Type.CONTENT_FILTER),
			Map.entry("image_prohibited_content", Type.CONTENT_FILTER),
			Map.entry("image_recitation", Type.CONTENT_FILTER), Map.entry("error_toxic", Type.CONTENT_FILTER),
			Map.entry("contentfilter", Type.CONTENT_FILTER), Map.entry("spii", Type.CONTENT_FILTER),
			Map.entry("guardrail_intervened", Type.CONTENT_FILTER), Map.entry("refusal", Type.REFUSAL),
			Map.entry("pause_turn", Type.PAUSE));

	/** Words for an answer that the vendor gave up. */
	private static final Set<String> BROKEN = Set.of("abort", "aborted", "error", "cancelled", "canceled", "cancel",
			"user_cancel", "interrupted", "timeout", "timed_out", "failed", "model_error", "network_error",
			"server_error", "internal_error", "insufficient_system_resource", "unexpected_tool_call",
			"too_many_tool_calls", "missing_thought_signature");

	private StopWords() {
	}

	/**
	 * Whether this word means that the vendor gave the answer up, which is not an end.
	 */
	public static boolean isBroken(@Nullable String word) {
		String key = key(word);
		return BROKEN.contains(key) || key.startsWith("malformed_");
	}

	/**
	 * The stop reason of this answer. Tool calls make {@code TOOL_USE} whatever the word,
	 * unless the answer was cut off in the middle of one, or before its arguments.
	 */
	public static StopReason read(@Nullable String word, LlmResponse answer) {
		Type said = type(key(word));
		boolean cut = said != Type.END_TURN && said != Type.OTHER;
		Type type = said;
		for (ToolCall call : answer.toolCalls()) {
			type = Type.TOOL_USE;
			if (cut && (call.parsedArguments() == null || call.rawArguments().isBlank())) {
				type = said;
				break;
			}
		}
		return new StopReason(type, (word == null) ? "" : word);
	}

	/**
	 * The stop reason for a word that another library passes on.
	 * @param word the word of the library
	 * @param toolCalls whether the answer calls tools, which takes precedence
	 * @throws LlmException {@code INTERRUPTED}, if the word means that the vendor gave
	 * the answer up
	 */
	public static StopReason read(String word, boolean toolCalls) {
		if (isBroken(word)) {
			throw LlmException.of(ErrorKind.INTERRUPTED, "The answer was given up: " + word).build();
		}
		return new StopReason(toolCalls ? Type.TOOL_USE : type(key(word)), word);
	}

	private static Type type(String key) {
		Type known = TYPES.get(key);
		if (known != null) {
			return known;
		}
		return key.startsWith("content_filter") ? Type.CONTENT_FILTER : Type.OTHER;
	}

	private static String key(@Nullable String word) {
		return (word == null) ? "" : word.toLowerCase(Locale.ROOT).replace('-', '_');
	}

}
