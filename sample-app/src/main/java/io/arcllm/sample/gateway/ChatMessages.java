package io.arcllm.sample.gateway;

import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.arcllm.Content;
import io.arcllm.Message;
import io.arcllm.ToolCall;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads the messages of an OpenAI chat completion request. Consecutive results of tools
 * become one message.
 */
final class ChatMessages {

	private static final String BASE64 = ";base64";

	private ChatMessages() {
	}

	static List<Message> read(List<Fields> messages) {
		List<Message> read = new ArrayList<>(messages.size());
		List<Content> results = new ArrayList<>();
		for (Fields message : messages) {
			String role = message.required("role");
			if (role.equals("tool")) {
				results.add(new Content.ToolResult(message.required("tool_call_id"), content(message), false));
				continue;
			}
			flush(results, read);
			read.add(switch (role) {
				case "system", "developer" -> new Message(Message.Role.SYSTEM, said(message));
				case "user" -> new Message(Message.Role.USER, said(message));
				case "assistant" -> assistant(message);
				default ->
					throw message.invalid("role", "expected 'system', 'developer', 'user', 'assistant' or 'tool'.");
			});
		}
		flush(results, read);
		return read;
	}

	private static void flush(List<Content> results, List<Message> messages) {
		if (!results.isEmpty()) {
			messages.add(new Message(Message.Role.USER, results));
			results.clear();
		}
	}

	private static List<Content> said(Fields message) {
		if (message.get("content") == null) {
			throw message.missing("content");
		}
		return content(message);
	}

	private static Message assistant(Fields message) {
		List<Content> calls = new ArrayList<>();
		for (Fields call : message.objects("tool_calls")) {
			calls.add(toolCall(call));
		}
		List<Content> turn = CarriedBlocks.read(message, content(message), calls);
		if (turn.isEmpty() && message.get("content") == null) {
			throw message.missing("content");
		}
		return Message.assistant(turn);
	}

	private static ToolCall toolCall(Fields call) {
		Fields function = call.object("function");
		if (function == null) {
			throw call.missing("function");
		}
		String arguments = Objects.requireNonNullElse(function.string("arguments"), "");
		Fields extra = call.object(AnswerFields.EXTRA);
		ToolCall.VendorData attached = (extra == null) ? null
				: new ToolCall.VendorData(call.raw(AnswerFields.EXTRA), "");
		return new ToolCall(call.required("id"), function.required("name"), arguments, parsed(arguments), attached);
	}

	private static @Nullable Map<String, @Nullable Object> parsed(String arguments) {
		if (arguments.isBlank()) {
			return Map.of();
		}
		try {
			JsonNode json = Fields.MAPPER.readTree(arguments);
			return json.isObject() ? Fields.map(json) : null;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	private static List<Content> content(Fields message) {
		JsonNode content = message.get("content");
		if (content == null) {
			return List.of();
		}
		if (content.isString()) {
			return content.asString().isEmpty() ? List.of() : List.of(new Content.Text(content.asString()));
		}
		if (!content.isArray()) {
			throw message.wrong("content", "a string or an array of parts");
		}
		return message.objects("content").stream().map(ChatMessages::part).toList();
	}

	private static Content part(Fields part) {
		String type = part.required("type");
		return switch (type) {
			case "text" -> new Content.Text(Objects.requireNonNullElse(part.string("text"), ""));
			case "refusal" -> new Content.Text(Objects.requireNonNullElse(part.string("refusal"), ""));
			case "image_url" -> {
				Fields image = part.object("image_url");
				if (image == null) {
					throw part.missing("image_url");
				}
				yield new Content.Image(source(image, "url"));
			}
			case "file" -> {
				Fields file = part.object("file");
				if (file == null || file.get("file_data") == null) {
					throw part.invalid("file", "send the file itself as 'file_data'.");
				}
				yield new Content.Document(source(file, "file_data"),
						Objects.requireNonNullElse(file.string("filename"), ""));
			}
			default -> throw part.invalid("type", "'" + type + "' cannot be passed on.");
		};
	}

	private static Content.Source source(Fields fields, String name) {
		String url = fields.required(name);
		try {
			int comma = url.regionMatches(true, 0, "data:", 0, 5) ? url.indexOf(',') : -1;
			int before = comma - BASE64.length();
			if (before > "data:".length() && url.regionMatches(true, before, BASE64, 0, BASE64.length())) {
				String type = url.substring("data:".length(), url.indexOf(';'));
				return new Content.Bytes(type, Base64.getDecoder().decode(url.substring(comma + 1)));
			}
			URI link = URI.create(url);
			if ("https".equalsIgnoreCase(link.getScheme()) || "http".equalsIgnoreCase(link.getScheme())) {
				return new Content.Link(link);
			}
		}
		catch (IllegalArgumentException ex) {
			throw fields.invalid(name, "neither a URL nor a data URL in base64.");
		}
		throw fields.invalid(name, "expected http, https or a data URL in base64.");
	}

}
