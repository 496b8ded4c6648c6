package io.arcllm.provider.openai;

import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.arcllm.Content;
import io.arcllm.Message;
import io.arcllm.Parameter;
import io.arcllm.ToolCall;
import io.arcllm.provider.ModelTraits;
import io.arcllm.provider.json.Json;
import io.arcllm.provider.json.JsonBody;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Writes a conversation in OpenAI's format.
 */
final class OpenAiMessages {

	private static final Pattern UNSIGNED_MODELS = Pattern.compile("gemini-[12](?![0-9])");

	/**
	 * The placeholder for the signature of a call of another model
	 * (ai.google.dev/gemini-api/docs/thought-signatures).
	 */
	private static final Map<String, Object> MADE_BY_ANOTHER = Map.of("google",
			Map.of("thought_signature", "skip_thought_signature_validator"));

	/**
	 * The turn between a tool's result and a user's turn, for vendors that require one.
	 */
	private static final String ACKNOWLEDGED = "I have read the result.";

	private final OpenAiFormat format;

	private final JsonBody body;

	private final JsonGenerator json;

	private final boolean signs;

	/** Whether this vendor attaches data to words and calls, and wants it back. */
	private final boolean attaches;

	private final OpenAiParts parts;

	private final ModelTraits traits;

	/** Whether the previous message was a tool's result. */
	private boolean afterTool;

	OpenAiMessages(OpenAiFormat format, ModelTraits traits, @Nullable String model, JsonBody body) {
		this.format = format;
		this.traits = traits;
		this.body = body;
		this.json = body.json();
		this.parts = new OpenAiParts(format, body);
		this.attaches = format.has(OpenAiQuirk.SIGNED_TOOL_CALLS)
				|| (traits.has(ModelTraits.Rule.SIGNED_TOOL_CALLS) && !format.has(OpenAiQuirk.REASONING_DETAILS));
		this.signs = format.has(OpenAiQuirk.SIGNED_TOOL_CALLS) && model != null
				&& !UNSIGNED_MODELS.matcher(model).find();
	}

	void write(List<Message> messages) {
		this.json.writeStartArray();
		for (int i = 0; i < messages.size(); i++) {
			Message message = messages.get(i);
			switch (message.role()) {
				case SYSTEM -> system(message);
				case USER -> user(message);
				case ASSISTANT -> assistant(message, i == messages.size() - 1);
			}
		}
		this.json.writeEndArray();
	}

	private void system(Message message) {
		begin(this.format.has(OpenAiQuirk.DEVELOPER_ROLE) ? "developer" : "system");
		this.json.writeStringProperty("content", text(onlyTexts(message, message.content()), "\n"));
		this.json.writeEndObject();
	}

	/**
	 * Results go first, one message each, because they must follow the calls. Parts that
	 * a result cannot have follow in a user's message.
	 */
	private void user(Message message) {
		if (message.content().size() == 1 && message.content().get(0) instanceof Content.Text text) {
			begin("user");
			this.json.writeStringProperty("content", text.text());
			this.json.writeEndObject();
			return;
		}
		List<Content> rest = new ArrayList<>();
		List<Content> others = new ArrayList<>();
		boolean results = false;
		for (Content part : message.content()) {
			if (part instanceof Content.ToolResult result) {
				results = true;
				result(result, rest);
			}
			else {
				others.add(part);
			}
		}
		rest.addAll(others);
		if (!rest.isEmpty() || !results) {
			begin("user");
			this.parts.write(rest);
			this.json.writeEndObject();
		}
	}

	private void result(Content.ToolResult result, List<Content> rest) {
		List<Content> media = result.content().stream().filter((part) -> !(part instanceof Content.Text)).toList();
		String text = text(result.content(), "\n");
		if (!media.isEmpty()) {
			rest.add(new Content.Text("Part of the result of tool call " + result.toolCallId() + ":"));
			rest.addAll(media);
		}
		begin("tool");
		this.json.writeStringProperty("tool_call_id", result.toolCallId());
		this.json.writeStringProperty("content", result.isError() ? "Error: " + text : text);
		this.json.writeEndObject();
	}

	private void assistant(Message message, boolean last) {
		List<ToolCall> calls = new ArrayList<>();
		List<Content> said = new ArrayList<>();
		List<Content.Opaque> details = new ArrayList<>();
		StringBuilder thoughts = new StringBuilder();
		for (Content part : message.content()) {
			if (part instanceof ToolCall call) {
				calls.add(call);
			}
			else if (part instanceof Content.Thinking thinking) {
				thoughts.append(thinking.text());
			}
			else if (part instanceof Content.Opaque opaque) {
				details.add(opaque);
			}
			else {
				said.add(part);
			}
		}
		begin("assistant");
		content(message, said, calls);
		boolean echo = this.format.has(OpenAiQuirk.ECHO_REASONING)
				|| this.traits.has(ModelTraits.Rule.THOUGHTS_WITH_TOOL_CALLS);
		if (!thoughts.isEmpty() && !calls.isEmpty() && echo) {
			this.json.writeStringProperty("reasoning_content", thoughts.toString());
		}
		OpenAiReasoning reasoning = new OpenAiReasoning(this.traits, this.format.provider(), this.body);
		if (this.format.has(OpenAiQuirk.REASONING_DETAILS)) {
			reasoning.write(details, calls);
		}
		reasoning.writeExtra(details, this.attaches);
		if (!calls.isEmpty()) {
			calls(calls);
		}
		if (last && calls.isEmpty() && this.format.has(OpenAiQuirk.PREFIX_FLAG)) {
			this.json.writeBooleanProperty("prefix", true);
		}
		this.json.writeEndObject();
	}

	private void content(Message message, List<Content> said, List<ToolCall> calls) {
		if (said.isEmpty() && !calls.isEmpty()) {
			this.json.writeNullProperty("content");
		}
		else {
			// text between blocks of thinking continues the text before it
			this.json.writeStringProperty("content", text(onlyTexts(message, said), ""));
		}
	}

	private void calls(List<ToolCall> calls) {
		this.json.writeArrayPropertyStart("tool_calls");
		for (ToolCall call : calls) {
			this.json.writeStartObject()
				.writeStringProperty("id", call.id())
				.writeStringProperty("type", "function")
				.writeObjectPropertyStart("function")
				.writeStringProperty("name", call.name())
				.writeStringProperty("arguments", OpenAiParts.arguments(call))
				.writeEndObject();
			extra(call, call == calls.get(0));
			this.json.writeEndObject();
		}
		this.json.writeEndArray();
	}

	private void extra(ToolCall call, boolean first) {
		ToolCall.VendorData data = call.vendorData();
		boolean unknown = data != null && data.provider().isEmpty() && this.attaches;
		if (data != null && (unknown || data.provider().equals(this.format.provider()))) {
			if (Json.object(data.json()) == null) {
				throw this.body.invalid("The vendor data of tool call " + call.id() + " is no JSON object");
			}
			this.json.writeName("extra_content");
			this.json.writeRawValue(data.json());
		}
		else if (first && this.signs) {
			this.json.writePOJOProperty("extra_content", MADE_BY_ANOTHER);
		}
	}

	private List<Content> onlyTexts(Message message, List<Content> content) {
		for (Content part : content) {
			if (!(part instanceof Content.Text)) {
				throw this.body.unsupported("A message of role " + message.role() + " can hold text, not a "
						+ part.getClass().getSimpleName() + ", at " + this.format.provider());
			}
		}
		return content;
	}

	private static String text(List<Content> content, String between) {
		return content.stream()
			.filter(Content.Text.class::isInstance)
			.map((part) -> ((Content.Text) part).text())
			.collect(Collectors.joining(between));
	}

	private void begin(String role) {
		if (this.afterTool && role.equals("user") && (this.format.has(OpenAiQuirk.ASSISTANT_AFTER_TOOL)
				|| this.traits.has(ModelTraits.Rule.ASSISTANT_AFTER_TOOL))) {
			this.json.writeStartObject()
				.writeStringProperty("role", "assistant")
				.writeStringProperty("content", ACKNOWLEDGED)
				.writeEndObject();
		}
		this.afterTool = role.equals("tool");
		this.json.writeStartObject().writeStringProperty("role", role);
	}

	/**
	 * Writes a user's text, images and documents in OpenAI's format.
	 */
	static final class OpenAiParts {

		private static final Set<String> SCHEMES = Set.of("https", "http", "data");

		private final OpenAiFormat format;

		private final JsonBody body;

		private final JsonGenerator json;

		OpenAiParts(OpenAiFormat format, JsonBody body) {
			this.format = format;
			this.body = body;
			this.json = body.json();
		}

		/**
		 * The {@code content} of a message: plain where it is one text, which all vendors
		 * take.
		 */
		void write(List<Content> content) {
			if (content.isEmpty()) {
				this.json.writeStringProperty("content", "");
				return;
			}
			if (content.size() == 1 && content.get(0) instanceof Content.Text text) {
				this.json.writeStringProperty("content", text.text());
				return;
			}
			this.json.writeArrayPropertyStart("content");
			content.forEach(this::part);
			this.json.writeEndArray();
		}

		private void part(Content part) {
			if (part instanceof Content.Text text) {
				begin("text");
				this.json.writeStringProperty("text", text.text());
			}
			else if (part instanceof Content.Image image) {
				begin("image_url");
				this.json.writeObjectPropertyStart("image_url").writeStringProperty("url", url(image.source()));
				this.json.writeEndObject();
			}
			else if (part instanceof Content.Document document) {
				document(document);
			}
			else {
				throw this.body.unsupported(
						"A user's message cannot hold a " + part.getClass().getSimpleName() + " at " + provider());
			}
			this.json.writeEndObject();
		}

		private void document(Content.Document document) {
			if (this.format.has(OpenAiQuirk.NO_FILES)) {
				throw this.body.unsupported(Parameter.DOCUMENTS,
						provider() + " takes no documents: send their text instead");
			}
			if (JsonBody.source(document.source()) instanceof Content.Link) {
				throw this.body.unsupported(Parameter.DOCUMENTS,
						provider() + " fetches no documents: send the bytes instead of a URL");
			}
			begin("file");
			this.json.writeObjectPropertyStart("file")
				.writeStringProperty("filename", document.name().isEmpty() ? "document" : document.name())
				.writeStringProperty("file_data", url(document.source()))
				.writeEndObject();
		}

		private String url(Content.Source given) {
			Content.Source source = JsonBody.source(given);
			if (source instanceof Content.Bytes bytes) {
				return "data:" + JsonBody.mediaType(bytes.mediaType()) + ";base64,"
						+ Base64.getEncoder().encodeToString(bytes.data());
			}
			URI url = ((Content.Link) source).url();
			if (url.getScheme() == null || !SCHEMES.contains(url.getScheme().toLowerCase(Locale.ROOT))) {
				throw this.body.invalid(provider() + " cannot fetch a URL of scheme '" + url.getScheme()
						+ "': use https, or give the bytes themselves");
			}
			return url.toString();
		}

		/** The arguments as the model wrote them, if a model did. */
		static String arguments(ToolCall call) {
			return (call.rawArguments().isBlank() && call.parsedArguments() != null) ? Json.text(call.parsedArguments())
					: call.rawArguments();
		}

		private void begin(String type) {
			this.json.writeStartObject().writeStringProperty("type", type);
		}

		private String provider() {
			return this.format.provider();
		}

	}

}
