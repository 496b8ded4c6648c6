package io.arcllm.provider.anthropic;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

import io.arcllm.Content;
import io.arcllm.Parameter;
import io.arcllm.ToolCall;
import io.arcllm.provider.json.Json;
import io.arcllm.provider.json.JsonBody;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Writes one block of a turn.
 */
final class AnthropicBlocks {

	private static final Set<String> IMAGES = Set.of("image/jpeg", "image/png", "image/gif", "image/webp");

	private final JsonBody body;

	private final JsonGenerator json;

	/** The mark of the block that is being written, until its object ends. */
	private @Nullable AnthropicMarks mark;

	AnthropicBlocks(JsonBody body) {
		this.body = body;
		this.json = body.json();
	}

	/** Writes a block, with a mark for the cache where it has one. */
	void write(Content block, @Nullable AnthropicMarks mark) {
		this.mark = mark;
		write(block);
	}

	private void write(Content block) {
		if (block instanceof Content.Text text) {
			start("text");
			this.json.writeStringProperty("text", text.text());
			end();
		}
		else if (block instanceof Content.Image image) {
			image(image);
		}
		else if (block instanceof Content.Document document) {
			document(document);
		}
		else if (block instanceof Content.Thinking thinking) {
			thinking(thinking);
		}
		else if (block instanceof ToolCall call) {
			toolCall(call);
		}
		else if (block instanceof Content.ToolResult result) {
			toolResult(result);
		}
		else if (block instanceof Content.Opaque opaque) {
			if (Json.object(opaque.json()) == null) {
				throw this.body.invalid("An opaque block is no JSON object");
			}
			this.json.writeRawValue(opaque.json());
		}
	}

	private void image(Content.Image image) {
		start("image");
		Content.Source source = JsonBody.source(image.source());
		if (source instanceof Content.Bytes bytes) {
			if (!IMAGES.contains(JsonBody.mediaType(bytes.mediaType()))) {
				throw this.body.unsupported(Parameter.IMAGES, "An image of type " + bytes.mediaType()
						+ " cannot be sent to Anthropic: turn it into image/png, image/jpeg, image/gif or image/webp");
			}
			base64(bytes);
		}
		else if (source instanceof Content.Link link) {
			link(link.url());
		}
		end();
	}

	private void document(Content.Document document) {
		start("document");
		Content.Source source = JsonBody.source(document.source());
		if (source instanceof Content.Link link) {
			link(link.url());
		}
		else if (source instanceof Content.Bytes bytes) {
			String type = JsonBody.mediaType(bytes.mediaType());
			if (type.equals("application/pdf")) {
				base64(bytes);
			}
			else if (type.startsWith("text/")) {
				plainText(bytes);
			}
			else {
				throw this.body.unsupported(Parameter.DOCUMENTS, "A document of type " + bytes.mediaType()
						+ " cannot be sent to Anthropic: send application/pdf or text/plain");
			}
		}
		if (!document.name().isEmpty()) {
			this.json.writeStringProperty("title", document.name());
		}
		end();
	}

	private void base64(Content.Bytes bytes) {
		this.json.writeName("source").writeStartObject();
		this.json.writeStringProperty("type", "base64");
		this.json.writeStringProperty("media_type", JsonBody.mediaType(bytes.mediaType()));
		this.json.writeBinaryProperty("data", bytes.data());
		this.json.writeEndObject();
	}

	private void plainText(Content.Bytes bytes) {
		this.json.writeName("source").writeStartObject();
		this.json.writeStringProperty("type", "text");
		this.json.writeStringProperty("media_type", "text/plain");
		this.json.writeStringProperty("data", new String(bytes.data(), StandardCharsets.UTF_8));
		this.json.writeEndObject();
	}

	private void link(URI url) {
		if (!"https".equalsIgnoreCase(url.getScheme()) && !"http".equalsIgnoreCase(url.getScheme())) {
			throw this.body.unsupported("Anthropic cannot fetch a URL of scheme '" + url.getScheme()
					+ "': use https, or give the bytes themselves");
		}
		this.json.writeName("source").writeStartObject();
		this.json.writeStringProperty("type", "url");
		this.json.writeStringProperty("url", url.toString());
		this.json.writeEndObject();
	}

	private void thinking(Content.Thinking thinking) {
		if (thinking.redacted() != null) {
			start("redacted_thinking");
			this.json.writeStringProperty("data", thinking.redacted());
		}
		else {
			start("thinking");
			this.json.writeStringProperty("thinking", thinking.text());
			this.json.writeStringProperty("signature", thinking.signature());
		}
		end();
	}

	private void toolCall(ToolCall call) {
		start("tool_use");
		this.json.writeStringProperty("id", call.id());
		this.json.writeStringProperty("name", call.name());
		this.body.arguments("input", call);
		end();
	}

	private void toolResult(Content.ToolResult result) {
		AnthropicMarks own = this.mark;
		this.mark = null;
		start("tool_result");
		this.json.writeStringProperty("tool_use_id", result.toolCallId());
		List<Content> content = result.content().stream().filter((part) -> !AnthropicMessages.isBlank(part)).toList();
		if (!content.isEmpty()) {
			this.json.writeName("content").writeStartArray();
			content.forEach(this::resultPart);
			this.json.writeEndArray();
		}
		if (result.isError()) {
			this.json.writeBooleanProperty("is_error", true);
		}
		this.mark = own;
		end();
	}

	private void resultPart(Content part) {
		if (!(part instanceof Content.Text || part instanceof Content.Image || part instanceof Content.Document)) {
			throw this.body.unsupported("The result of a tool can hold texts, images and documents, not "
					+ part.getClass().getSimpleName());
		}
		write(part);
	}

	private void end() {
		if (this.mark != null) {
			this.mark.write(this.json);
			this.mark = null;
		}
		this.json.writeEndObject();
	}

	private void start(String type) {
		this.json.writeStartObject();
		this.json.writeStringProperty("type", type);
	}

}
