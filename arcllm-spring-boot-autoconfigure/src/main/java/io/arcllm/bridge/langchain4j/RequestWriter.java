package io.arcllm.bridge.langchain4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.Tool;
import io.arcllm.ToolChoice;
import io.arcllm.bridge.PortableRequest;
import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Writes a request for models of LangChain4j. What their parameters cannot express is
 * {@code UNSUPPORTED}, and never dropped.
 *
 * @param target the target
 * @param request the request
 */
record RequestWriter(Target target, LlmRequest request) {

	ChatRequest write() {
		ChatRequest.Builder question = ChatRequest.builder()
			.messages(MessageWriter.messages(this.request.messages(), this.target));
		new PortableRequest(this.target, this.request)
			.sampling(question::modelName, question::maxOutputTokens, question::temperature, question::topP,
					question::stopSequences)
			.options(question::topK, question::frequencyPenalty, question::presencePenalty);
		tools(question);
		format(question);
		return question.build();
	}

	private void tools(ChatRequest.Builder question) {
		List<ToolSpecification> tools = new ArrayList<>();
		this.request.tools().forEach((tool) -> tools.add(specification(tool)));
		if (!tools.isEmpty()) {
			question.toolSpecifications(tools);
		}
		ToolChoice choice = this.request.toolChoice();
		if (choice != null) {
			question.toolChoice(switch (choice.mode()) {
				case AUTO -> dev.langchain4j.model.chat.request.ToolChoice.AUTO;
				case NONE -> dev.langchain4j.model.chat.request.ToolChoice.NONE;
				case REQUIRED -> dev.langchain4j.model.chat.request.ToolChoice.REQUIRED;
				case TOOL ->
					throw new PortableRequest(this.target, this.request).unsupported("which tool must be called");
			});
		}
	}

	private static ToolSpecification specification(Tool tool) {
		ToolSpecification.Builder specification = ToolSpecification.builder().name(tool.name());
		if (!tool.description().isBlank()) {
			specification.description(tool.description());
		}
		if (tool.strict() != null) {
			specification.strict(tool.strict());
		}
		return specification.parameters(schema(tool.parameters())).build();
	}

	private static JsonObjectSchema schema(Map<String, Object> parameters) {
		JsonObjectSchema.Builder schema = JsonObjectSchema.builder();
		if (parameters.get("properties") instanceof Map<?, ?> properties) {
			properties.forEach((name, property) -> schema.addProperty(String.valueOf(name), raw(property)));
		}
		if (parameters.get("required") instanceof List<?> required) {
			schema.required(required.stream().map(String::valueOf).toList());
		}
		if (parameters.get("additionalProperties") instanceof Boolean additional) {
			schema.additionalProperties(additional);
		}
		if (parameters.get("$defs") instanceof Map<?, ?> definitions) {
			Map<String, dev.langchain4j.model.chat.request.json.JsonSchemaElement> raw = new java.util.LinkedHashMap<>();
			definitions.forEach((name, definition) -> raw.put(String.valueOf(name), raw(definition)));
			schema.definitions(raw);
		}
		return schema.build();
	}

	@SuppressWarnings("unchecked")
	private static JsonRawSchema raw(@Nullable Object schema) {
		return JsonRawSchema.from((schema instanceof Map<?, ?> map) ? Json.text((Map<String, Object>) map) : "{}");
	}

	private void format(ChatRequest.Builder question) {
		io.arcllm.ResponseFormat format = this.request.responseFormat();
		if (format == null) {
			return;
		}
		ResponseFormat.Builder written = ResponseFormat.builder()
			.type((format.type() == io.arcllm.ResponseFormat.Type.TEXT) ? ResponseFormatType.TEXT
					: ResponseFormatType.JSON);
		if (format.schema() != null) {
			written.jsonSchema(JsonSchema.builder()
				.name((format.name() == null) ? "answer" : format.name())
				.rootElement(JsonRawSchema.from(Json.text(format.schema())))
				.build());
		}
		question.responseFormat(written.build());
	}

}
