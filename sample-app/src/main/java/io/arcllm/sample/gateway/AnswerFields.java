package io.arcllm.sample.gateway;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.LlmResponse;
import io.arcllm.ToolCall;
import io.arcllm.Usage;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * The fields that whole and streamed answers have in common.
 */
final class AnswerFields {

	/** What a vendor attached to the words of a turn or to a call. */
	static final String EXTRA = "extra_content";

	private AnswerFields() {
	}

	static String finishReason(LlmResponse response) {
		return switch (response.stopReason().type()) {
			case END_TURN, STOP_SEQUENCE, PAUSE -> "stop";
			case TOOL_USE -> "tool_calls";
			case MAX_TOKENS -> "length";
			case CONTENT_FILTER, REFUSAL -> "content_filter";
			case OTHER -> {
				String word = response.stopReason().raw();
				yield word.isBlank() ? "stop" : word;
			}
		};
	}

	/**
	 * The fields that the client should send back with the turn, each with its JSON:
	 * {@code reasoning_details}, and what a vendor attached to its words.
	 */
	static Map<String, String> vendorFields(LlmResponse response) {
		Map<String, String> fields = new LinkedHashMap<>();
		List<String> details = CarriedBlocks.write(response);
		if (!details.isEmpty()) {
			fields.put(CarriedBlocks.FIELD, "[" + String.join(",", details) + "]");
		}
		for (Content block : response.content()) {
			if (block instanceof Content.Opaque opaque && !CarriedBlocks.isHeldBack(response)) {
				String extra = RawJson.field(opaque.json(), EXTRA);
				if (extra != null) {
					fields.put(EXTRA, extra);
				}
			}
		}
		return fields;
	}

	/** What the vendor wants back with this call as JSON, or {@code null}. */
	static @Nullable String extraContent(ToolCall call, LlmResponse response) {
		ToolCall.VendorData data = call.vendorData();
		return (data == null || CarriedBlocks.isHeldBack(response)) ? null : RawJson.object(data.json());
	}

	/** The arguments as the model wrote them. */
	static String arguments(ToolCall call) {
		if (!call.rawArguments().isEmpty() || call.parsedArguments() == null) {
			return call.rawArguments();
		}
		return Fields.MAPPER.writeValueAsString(call.parsedArguments());
	}

	/** Writes the field {@code usage} unless nothing is known. */
	static void usage(JsonGenerator json, Usage usage) {
		Integer total = usage.totalTokens();
		if (total == null) {
			return;
		}
		json.writeObjectPropertyStart("usage");
		number(json, "prompt_tokens", usage.inputTokens());
		number(json, "completion_tokens", usage.outputTokens());
		json.writeNumberProperty("total_tokens", total);
		detail(json, "prompt_tokens_details", "cached_tokens", usage.cacheReadTokens());
		detail(json, "completion_tokens_details", "reasoning_tokens", usage.reasoningTokens());
		json.writeEndObject();
	}

	private static void number(JsonGenerator json, String name, @Nullable Integer value) {
		if (value != null) {
			json.writeNumberProperty(name, value);
		}
	}

	private static void detail(JsonGenerator json, String name, String field, @Nullable Integer value) {
		if (value != null) {
			json.writeObjectPropertyStart(name);
			json.writeNumberProperty(field, value);
			json.writeEndObject();
		}
	}

}
