package io.arcllm.sample.gateway;

import java.io.ByteArrayOutputStream;

import io.arcllm.LlmResponse;
import io.arcllm.ToolCall;
import tools.jackson.core.JsonGenerator;

/**
 * Writes a whole answer as an OpenAI chat completion.
 */
final class ChatResponseWriter {

	private ChatResponseWriter() {
	}

	/**
	 * @param id of the completion
	 * @param created in seconds since 1970
	 * @param model that answered
	 */
	static byte[] write(LlmResponse response, String id, long created, String model) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(512 + response.text().length());
		try (JsonGenerator json = Fields.MAPPER.createGenerator(bytes)) {
			json.writeStartObject();
			json.writeStringProperty("id", id);
			json.writeStringProperty("object", "chat.completion");
			json.writeNumberProperty("created", created);
			json.writeStringProperty("model", model);
			json.writeArrayPropertyStart("choices");
			json.writeStartObject();
			json.writeNumberProperty("index", 0);
			message(json, response);
			json.writeNullProperty("logprobs");
			json.writeStringProperty("finish_reason", AnswerFields.finishReason(response));
			json.writeEndObject();
			json.writeEndArray();
			AnswerFields.usage(json, response.usage());
			json.writeEndObject();
		}
		return bytes.toByteArray();
	}

	private static void message(JsonGenerator json, LlmResponse response) {
		json.writeObjectPropertyStart("message");
		json.writeStringProperty("role", "assistant");
		if (response.text().isEmpty() && !response.toolCalls().isEmpty()) {
			json.writeNullProperty("content");
		}
		else {
			json.writeStringProperty("content", response.text());
		}
		String thinking = response.thinkingText();
		if (!thinking.isEmpty()) {
			json.writeStringProperty("reasoning_content", thinking);
		}
		AnswerFields.vendorFields(response).forEach((name, raw) -> json.writeName(name).writeRawValue(raw));
		json.writeNullProperty("refusal");
		if (!response.toolCalls().isEmpty()) {
			json.writeArrayPropertyStart("tool_calls");
			response.toolCalls().forEach((call) -> toolCall(json, call, response));
			json.writeEndArray();
		}
		json.writeEndObject();
	}

	private static void toolCall(JsonGenerator json, ToolCall call, LlmResponse response) {
		json.writeStartObject();
		json.writeStringProperty("id", call.id());
		json.writeStringProperty("type", "function");
		json.writeObjectPropertyStart("function");
		json.writeStringProperty("name", call.name());
		json.writeStringProperty("arguments", AnswerFields.arguments(call));
		json.writeEndObject();
		String extra = AnswerFields.extraContent(call, response);
		if (extra != null) {
			json.writeName(AnswerFields.EXTRA).writeRawValue(extra);
		}
		json.writeEndObject();
	}

}
