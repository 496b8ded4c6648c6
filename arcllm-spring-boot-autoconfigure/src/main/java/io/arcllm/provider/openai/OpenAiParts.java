package io.arcllm.provider.openai;

import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import io.arcllm.Content;
import io.arcllm.ToolCall;
import io.arcllm.provider.Json;
import io.arcllm.provider.JsonBody;
import tools.jackson.core.JsonGenerator;

/**
 * Writes what a user says and shows the way OpenAI reads it.
 */
final class OpenAiParts {

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
			throw this.body
				.refuse("A user's message cannot hold a " + part.getClass().getSimpleName() + " at " + provider());
		}
		this.json.writeEndObject();
	}

	private void document(Content.Document document) {
		if (this.format.has(OpenAiQuirk.NO_FILES)) {
			throw this.body.refuse(provider() + " takes no documents: send their text instead");
		}
		if (document.source() instanceof Content.Link) {
			throw this.body.refuse(provider() + " fetches no documents: send the bytes instead of a URL");
		}
		begin("file");
		this.json.writeObjectPropertyStart("file")
			.writeStringProperty("filename", document.name().isEmpty() ? "document" : document.name())
			.writeStringProperty("file_data", url(document.source()))
			.writeEndObject();
	}

	private String url(Content.Source source) {
		if (source instanceof Content.Bytes bytes) {
			return "data:" + bytes.mediaType() + ";base64," + Base64.getEncoder().encodeToString(bytes.data());
		}
		URI url = ((Content.Link) source).url();
		if (url.getScheme() == null || !SCHEMES.contains(url.getScheme().toLowerCase(Locale.ROOT))) {
			throw this.body.refuse(provider() + " cannot fetch a URL of scheme '" + url.getScheme()
					+ "': use https, or give the bytes themselves");
		}
		return url.toString();
	}

	/** As the model wrote them, where a model did. */
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
