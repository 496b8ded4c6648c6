package io.arcllm.bridge.springai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.arcllm.LlmRequest;
import io.arcllm.ResponseFormat;
import io.arcllm.Tool;
import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;

/**
 * Reads a prompt of Spring AI as a request. Of options of vendors' own classes, only the
 * portable part is used.
 */
final class PromptReader {

	private PromptReader() {
	}

	/**
	 * @param defaults the options of a prompt without options
	 */
	static LlmRequest request(Prompt prompt, ArcllmChatOptions defaults) {
		ChatOptions options = (prompt.getOptions() != null) ? prompt.getOptions() : defaults;
		LlmRequest.Builder request = LlmRequest.builder()
			.messages(MessageReader.messages(prompt.getInstructions()))
			.model(blankToNull(options.getModel()))
			.maxTokens(options.getMaxTokens())
			.temperature(options.getTemperature())
			.topP(options.getTopP())
			.options(vendorOptions(options));
		if (options.getStopSequences() != null) {
			request.stop(options.getStopSequences());
		}
		if (options instanceof ToolCallingChatOptions calling && calling.getToolCallbacks() != null) {
			request.tools(tools(calling.getToolCallbacks()));
		}
		if (options instanceof StructuredOutputChatOptions structured) {
			request.responseFormat(format(structured.getOutputSchema()));
		}
		if (options instanceof ArcllmChatOptions ours) {
			request.toolChoice(ours.getToolChoice())
				.reasoningEffort(ours.getReasoningEffort())
				.metadata(ours.getMetadata())
				.callOptions(ours.getCallOptions());
		}
		return request.build();
	}

	private static Map<String, @Nullable Object> vendorOptions(ChatOptions options) {
		Map<String, @Nullable Object> fields = new LinkedHashMap<>();
		put(fields, "top_k", options.getTopK());
		put(fields, "frequency_penalty", options.getFrequencyPenalty());
		put(fields, "presence_penalty", options.getPresencePenalty());
		if (options instanceof ArcllmChatOptions ours) {
			fields.putAll(ours.getVendorOptions());
		}
		return fields;
	}

	private static void put(Map<String, @Nullable Object> fields, String name, @Nullable Object value) {
		if (value != null) {
			fields.put(name, value);
		}
	}

	private static List<Tool> tools(List<ToolCallback> callbacks) {
		List<Tool> tools = new ArrayList<>(callbacks.size());
		for (ToolCallback callback : callbacks) {
			ToolDefinition definition = callback.getToolDefinition();
			tools.add(Tool.of(definition.name(), definition.description(),
					schema("The input schema of the tool '" + definition.name() + "'", definition.inputSchema())));
		}
		return tools;
	}

	private static @Nullable ResponseFormat format(@Nullable String schema) {
		return (schema == null || schema.isBlank()) ? null
				: ResponseFormat.jsonSchema("answer", schema("The output schema", schema));
	}

	@SuppressWarnings("NullAway") // a schema has no nulls that matter
	private static Map<String, Object> schema(String what, String json) {
		Map<String, @Nullable Object> schema = json.isBlank() ? Map.of() : Json.object(json);
		if (schema == null) {
			throw new IllegalArgumentException(what + " is not a JSON object");
		}
		schema = new LinkedHashMap<>(schema);
		schema.remove("$schema");
		return schema;
	}

	private static @Nullable String blankToNull(@Nullable String text) {
		return (text == null || text.isBlank()) ? null : text;
	}

}
