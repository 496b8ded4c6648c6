package io.arcllm.provider.ollama;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import io.arcllm.Content;
import io.arcllm.Message;
import io.arcllm.Parameter;
import io.arcllm.ToolCall;
import io.arcllm.provider.json.JsonBody;
import tools.jackson.core.JsonGenerator;

/**
 * Writes the turns of a conversation. Each result of a tool becomes a message, before the
 * rest of its turn.
 */
final class OllamaMessages {

	private final String provider;

	private final JsonBody body;

	private final JsonGenerator json;

	private final Map<String, String> toolNames = new HashMap<>();

	OllamaMessages(String provider, JsonBody body) {
		this.provider = provider;
		this.body = body;
		this.json = body.json();
	}

	void write(List<Message> messages) {
		if (messages.isEmpty()) {
			throw this.body.invalid("messages holds nothing to answer: add a user message");
		}
		this.json.writeStartArray();
		for (Message message : messages) {
			List<Content.ToolResult> results = all(message.content(), Content.ToolResult.class);
			if (!results.isEmpty() && message.role() != Message.Role.USER) {
				throw misplaced("ToolResult", message.role());
			}
			results.forEach(this::result);
			if (results.isEmpty() || results.size() < message.content().size()) {
				turn(message);
			}
		}
		this.json.writeEndArray();
	}

	private void turn(Message message) {
		String role = message.role().name().toLowerCase(Locale.ROOT);
		List<ToolCall> calls = all(message.content(), ToolCall.class);
		if (!calls.isEmpty() && message.role() != Message.Role.ASSISTANT) {
			throw misplaced("ToolCall", message.role());
		}
		start(role, message.content(), (message.role() == Message.Role.ASSISTANT) ? "" : "\n");
		String thoughts = all(message.content(), Content.Thinking.class).stream()
			.filter((thinking) -> this.provider.equals(thinking.provider()))
			.map(Content.Thinking::text)
			.collect(Collectors.joining());
		if (!thoughts.isEmpty()) {
			this.json.writeStringProperty("thinking", thoughts);
		}
		if (!calls.isEmpty()) {
			calls(calls);
		}
		this.json.writeEndObject();
	}

	/** The role, the words and the pictures. */
	private void start(String role, List<Content> content, String between) {
		this.json.writeStartObject().writeStringProperty("role", role);
		this.json.writeStringProperty("content", text(content, between));
		if (!all(content, Content.Document.class).isEmpty()) {
			throw this.body.unsupported(Parameter.DOCUMENTS,
					"A document cannot be sent to Ollama: put its text into the message");
		}
		List<Content.Image> images = all(content, Content.Image.class);
		if (!images.isEmpty()) {
			this.json.writeName("images").writeStartArray();
			images.forEach(this::image);
			this.json.writeEndArray();
		}
	}

	private static String text(List<Content> content, String between) {
		return all(content, Content.Text.class).stream().map(Content.Text::text).collect(Collectors.joining(between));
	}

	private void image(Content.Image image) {
		if (JsonBody.source(image.source()) instanceof Content.Bytes bytes) {
			this.json.writeBinary(bytes.data());
		}
		else {
			throw this.body.unsupported(Parameter.IMAGES,
					"An image by URL cannot be sent to Ollama: give its bytes, Image.of(type, bytes)");
		}
	}

	private void calls(List<ToolCall> calls) {
		this.json.writeName("tool_calls").writeStartArray();
		for (ToolCall call : calls) {
			this.toolNames.put(call.id(), call.name());
			this.json.writeStartObject().writeStringProperty("id", call.id());
			this.json.writeName("function").writeStartObject();
			this.json.writeStringProperty("name", call.name());
			this.body.arguments("arguments", call);
			this.json.writeEndObject().writeEndObject();
		}
		this.json.writeEndArray();
	}

	private void result(Content.ToolResult result) {
		for (Content part : result.content()) {
			if (part instanceof ToolCall || part instanceof Content.Thinking || part instanceof Content.ToolResult) {
				throw this.body.unsupported(
						"The result of a tool can hold texts and images, not " + part.getClass().getSimpleName());
			}
		}
		List<Content> content = result.content();
		if (result.isError()) {
			content = new ArrayList<>(content);
			content.removeIf(Content.Text.class::isInstance);
			content.add(new Content.Text("Error: " + text(result.content(), "\n")));
		}
		start("tool", content, "\n");
		String name = this.toolNames.get(result.toolCallId());
		if (name != null) {
			this.json.writeStringProperty("tool_name", name);
		}
		this.json.writeStringProperty("tool_call_id", result.toolCallId());
		this.json.writeEndObject();
	}

	private RuntimeException misplaced(String block, Message.Role role) {
		return this.body.invalid(block + " cannot be part of a " + role + " message: tool calls belong to an ASSISTANT"
				+ " message, their results to a USER one");
	}

	private static <T extends Content> List<T> all(List<Content> content, Class<T> type) {
		return content.stream().filter(type::isInstance).map(type::cast).toList();
	}

}
