package io.arcllm.sample.gateway;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.ReasoningEffort;
import io.arcllm.ResponseFormat;
import io.arcllm.Tool;
import io.arcllm.ToolChoice;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads an OpenAI chat completion request. Unknown fields are passed on to the vendor.
 */
final class ChatRequestReader {

	private static final Set<String> KNOWN = Set.of("model", "messages", "tools", "tool_choice", "response_format",
			"stop", "max_tokens", "max_completion_tokens", "temperature", "top_p", "reasoning_effort", "stream",
			"stream_options", "n");

	private static final int LONGEST_MODEL = 200;

	private ChatRequestReader() {
	}

	/**
	 * @throws InvalidChatException naming the field that is wrong
	 */
	static ChatRequest read(byte[] body) {
		JsonNode json;
		try {
			json = Fields.MAPPER.readTree(body);
		}
		catch (JacksonException ex) {
			throw new InvalidChatException("The body is not valid JSON.", null);
		}
		if (!json.isObject()) {
			throw new InvalidChatException("The body must be a JSON object.", null);
		}
		Fields fields = new Fields(json, "", new RawJson(body));
		return new ChatRequest(model(fields), request(fields), usageWanted(fields));
	}

	private static LlmRequest request(Fields fields) {
		Integer choices = fields.integer("n");
		if (choices != null && choices != 1) {
			throw fields.invalid("n", "only one choice can be asked for.");
		}
		Map<String, @Nullable Object> options = options(fields);
		Integer maxTokens = fields.integer("max_completion_tokens");
		return LlmRequest.builder()
			.messages(messages(fields))
			.tools(tools(fields))
			.toolChoice(toolChoice(fields))
			.maxTokens((maxTokens == null) ? fields.integer("max_tokens") : maxTokens)
			.temperature(fields.number("temperature"))
			.topP(fields.number("top_p"))
			.stop(stop(fields))
			.responseFormat(responseFormat(fields))
			.reasoningEffort(effort(fields, options))
			.options(options)
			.streaming(fields.flag("stream"))
			.build();
	}

	private static String model(Fields fields) {
		String model = fields.string("model");
		if (model != null && model.length() > LONGEST_MODEL) {
			throw fields.invalid("model", "at most " + LONGEST_MODEL + " characters.");
		}
		return Objects.requireNonNullElse(model, "").trim();
	}

	private static boolean usageWanted(Fields fields) {
		Fields options = fields.object("stream_options");
		return options != null && options.flag("include_usage");
	}

	private static List<Message> messages(Fields fields) {
		List<Fields> messages = fields.objects("messages");
		if (messages.isEmpty()) {
			throw fields.missing("messages");
		}
		return ChatMessages.read(messages);
	}

	private static List<Tool> tools(Fields fields) {
		List<Tool> tools = new ArrayList<>();
		for (Fields tool : fields.objects("tools")) {
			Fields function = tool.object("function");
			if (!"function".equals(tool.required("type")) || function == null) {
				throw tool.invalid("type", "only functions can be called.");
			}
			tools.add(new Tool(function.required("name"),
					Objects.requireNonNullElse(function.string("description"), ""), function.schema("parameters"),
					(function.get("strict") == null) ? null : Boolean.valueOf(function.flag("strict"))));
		}
		return tools;
	}

	private static @Nullable ToolChoice toolChoice(Fields fields) {
		JsonNode choice = fields.get("tool_choice");
		if (choice == null) {
			return null;
		}
		if (choice.isObject()) {
			Fields function = new Fields(choice, "tool_choice.", fields.document()).object("function");
			if (function == null) {
				throw new Fields(choice, "tool_choice.", fields.document()).missing("function");
			}
			return ToolChoice.tool(function.required("name"));
		}
		return switch (choice.asString("")) {
			case "auto" -> ToolChoice.AUTO;
			case "none" -> ToolChoice.NONE;
			case "required" -> ToolChoice.REQUIRED;
			default -> throw fields.invalid("tool_choice", "expected 'none', 'auto', 'required' or a function.");
		};
	}

	private static @Nullable ResponseFormat responseFormat(Fields fields) {
		Fields format = fields.object("response_format");
		if (format == null) {
			return null;
		}
		return switch (format.required("type")) {
			case "text" -> ResponseFormat.TEXT;
			case "json_object" -> ResponseFormat.JSON;
			case "json_schema" -> schemaFormat(format);
			default -> throw format.invalid("type", "expected 'text', 'json_object' or 'json_schema'.");
		};
	}

	private static ResponseFormat schemaFormat(Fields format) {
		Fields schema = format.object("json_schema");
		if (schema == null) {
			throw format.missing("json_schema");
		}
		if (schema.get("schema") == null) {
			throw schema.missing("schema");
		}
		return new ResponseFormat(ResponseFormat.Type.JSON_SCHEMA, schema.required("name"), schema.schema("schema"),
				(schema.get("strict") == null) ? null : Boolean.valueOf(schema.flag("strict")));
	}

	private static List<String> stop(Fields fields) {
		JsonNode stop = fields.get("stop");
		if (stop == null) {
			return List.of();
		}
		if (stop.isString()) {
			return List.of(stop.asString());
		}
		List<String> sequences = new ArrayList<>();
		for (JsonNode sequence : stop) {
			if (!stop.isArray() || !sequence.isString()) {
				throw fields.wrong("stop", "a string or an array of strings");
			}
			sequences.add(sequence.asString());
		}
		if (!stop.isArray()) {
			throw fields.wrong("stop", "a string or an array of strings");
		}
		return sequences;
	}

	/** An effort that only the vendor knows goes on to it as it is. */
	private static @Nullable ReasoningEffort effort(Fields fields, Map<String, @Nullable Object> options) {
		String effort = fields.string("reasoning_effort");
		if (effort == null) {
			return null;
		}
		ReasoningEffort known = Arrays.stream(ReasoningEffort.values())
			.filter((value) -> value.name().toLowerCase(Locale.ROOT).equals(effort))
			.findFirst()
			.orElse(null);
		if (known == null) {
			options.put("reasoning_effort", effort);
		}
		return known;
	}

	private static Map<String, @Nullable Object> options(Fields fields) {
		Map<String, @Nullable Object> options = new LinkedHashMap<>();
		for (Map.Entry<String, JsonNode> field : fields.json().properties()) {
			if (!KNOWN.contains(field.getKey()) && !field.getValue().isNull()) {
				options.put(field.getKey(), Fields.MAPPER.convertValue(field.getValue(), Object.class));
			}
		}
		return options;
	}

}
