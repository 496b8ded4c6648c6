package io.arcllm.bridge.langchain4j;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import io.arcllm.LlmRequest;
import io.arcllm.ResponseFormat;
import io.arcllm.Tool;
import io.arcllm.ToolChoice;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request of LangChain4j. Of parameters of vendors' own classes, only the
 * portable part is used.
 */
final class RequestReader {

	private RequestReader() {
	}

	static LlmRequest request(ChatRequest request) {
		ChatRequestParameters parameters = request.parameters();
		List<String> stop = parameters.stopSequences();
		return LlmRequest.builder()
			.messages(MessageReader.messages(request.messages()))
			.model(parameters.modelName())
			.maxTokens(parameters.maxOutputTokens())
			.temperature(parameters.temperature())
			.topP(parameters.topP())
			.stop((stop == null) ? List.of() : stop)
			.tools(tools(parameters.toolSpecifications()))
			.toolChoice(choice(parameters))
			.responseFormat(format(parameters.responseFormat()))
			.options(vendorOptions(parameters))
			.build();
	}

	private static Map<String, @Nullable Object> vendorOptions(ChatRequestParameters parameters) {
		Map<String, @Nullable Object> fields = new LinkedHashMap<>();
		put(fields, "top_k", parameters.topK());
		put(fields, "frequency_penalty", parameters.frequencyPenalty());
		put(fields, "presence_penalty", parameters.presencePenalty());
		return fields;
	}

	private static void put(Map<String, @Nullable Object> fields, String name, @Nullable Object value) {
		if (value != null) {
			fields.put(name, value);
		}
	}

	private static List<Tool> tools(@Nullable List<ToolSpecification> specifications) {
		return (specifications == null) ? List.of() : specifications.stream().map(RequestReader::tool).toList();
	}

	private static Tool tool(ToolSpecification specification) {
		String description = specification.description();
		return new Tool(specification.name(), (description == null) ? "" : description,
				(specification.parameters() == null) ? Map.of()
						: JsonSchemaElementUtils.toMap(specification.parameters()),
				specification.strict());
	}

	private static @Nullable ToolChoice choice(ChatRequestParameters parameters) {
		return (parameters.toolChoice() == null) ? null : switch (parameters.toolChoice()) {
			case AUTO -> ToolChoice.AUTO;
			case REQUIRED -> ToolChoice.REQUIRED;
			case NONE -> ToolChoice.NONE;
		};
	}

	private static @Nullable ResponseFormat format(dev.langchain4j.model.chat.request.@Nullable ResponseFormat format) {
		if (format == null) {
			return null;
		}
		if (format.jsonSchema() == null) {
			return (format.type() == ResponseFormatType.JSON) ? ResponseFormat.JSON : ResponseFormat.TEXT;
		}
		return new ResponseFormat(ResponseFormat.Type.JSON_SCHEMA, format.jsonSchema().name(),
				JsonSchemaElementUtils.toMap(format.jsonSchema().rootElement()), null);
	}

}
