package io.arcllm.provider.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.arcllm.provider.AnswerContext;
import io.arcllm.provider.json.Json;
import io.arcllm.provider.openai.OpenAiToolCalls.OpenAiToolPiece;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What one choice of a chunk adds to the answer.
 */
final class OpenAiDelta {

	final List<OpenAiToolPiece> toolPieces = new ArrayList<>(0);

	@Nullable String text;

	/**
	 * Where the text begins, if it was read from a single string and its place is needed.
	 */
	int textAt = -1;

	boolean locates;

	@Nullable String refusal;

	@Nullable String finishReason;

	private @Nullable String reasoningContent;

	private @Nullable String reasoning;

	private @Nullable String details;

	/** The fields that the vendor wants back with the turn, as JSON. */
	final List<String> reasoningDetails = new ArrayList<>(0);

	@Nullable String extra;

	void clear() {
		this.toolPieces.clear();
		this.text = null;
		this.textAt = -1;
		this.refusal = null;
		this.finishReason = null;
		this.reasoningContent = null;
		this.reasoning = null;
		this.details = null;
		this.reasoningDetails.clear();
		this.extra = null;
	}

	/** Some vendors send the same thinking in two or three of these fields. */
	@Nullable String thinking() {
		if (this.reasoningContent != null && !this.reasoningContent.isEmpty()) {
			return this.reasoningContent;
		}
		return (this.reasoning != null && !this.reasoning.isEmpty()) ? this.reasoning : this.details;
	}

	void read(JsonParser parser, byte[] bytes, int offset) {
		if (!Json.beginsObject(parser)) {
			return;
		}
		while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
			String name = parser.currentName();
			parser.nextToken();
			switch (name) {
				case "content" -> content(parser, bytes, offset);
				case "reasoning_content" -> this.reasoningContent = Json.string(parser);
				case "reasoning" -> this.reasoning = Json.string(parser);
				case "reasoning_details" -> reasoningDetails(parser, bytes, offset);
				case "extra_content" -> {
					if (Json.beginsObject(parser)) {
						this.extra = Json.raw(parser, bytes, offset);
					}
				}
				case "refusal" -> this.refusal = Json.string(parser);
				case "tool_calls" -> toolCalls(parser, bytes, offset);
				case "function_call" -> functionCall(parser, bytes, offset);
				default -> parser.skipChildren();
			}
		}
	}

	/**
	 * Keeps the details unchanged; their words are thinking, if no other field has them.
	 */
	private void reasoningDetails(JsonParser parser, byte[] bytes, int offset) {
		if (!Json.beginsArray(parser)) {
			return;
		}
		StringBuilder words = new StringBuilder();
		while (parser.nextToken() != JsonToken.END_ARRAY) {
			if (this.reasoningDetails.size() >= AnswerContext.MOST_PARTS) {
				parser.skipChildren();
			}
			else if (Json.beginsObject(parser)) {
				String detail = Json.raw(parser, bytes, offset);
				this.reasoningDetails.add(detail);
				Map<String, @Nullable Object> fields = Json.object(detail);
				Object text = (fields == null) ? null : fields.getOrDefault("text", fields.get("summary"));
				words.append((text instanceof String said) ? said : "");
			}
		}
		this.details = join(this.details, words.toString());
	}

	/** Cloudflare sends a structured answer as an object. */
	private void content(JsonParser parser, byte[] bytes, int offset) {
		if (parser.currentToken() == JsonToken.START_ARRAY) {
			this.text = join(this.text, parts(parser));
		}
		else if (parser.currentToken() == JsonToken.START_OBJECT) {
			this.text = Json.raw(parser, bytes, offset);
		}
		else {
			this.textAt = this.locates ? (int) parser.currentTokenLocation().getByteOffset() : -1;
			this.text = Json.string(parser);
		}
	}

	/** Whether the document has a text at a known place, and nothing else. */
	boolean isOneText() {
		return this.textAt >= 0 && this.text != null && this.refusal == null && this.finishReason == null
				&& this.toolPieces.isEmpty() && this.reasoningDetails.isEmpty() && this.extra == null
				&& thinking() == null;
	}

	private void toolCalls(JsonParser parser, byte[] bytes, int offset) {
		if (Json.beginsArray(parser)) {
			while (parser.nextToken() != JsonToken.END_ARRAY) {
				if (this.toolPieces.size() >= AnswerContext.MOST_PARTS) {
					parser.skipChildren();
				}
				else if (Json.beginsObject(parser)) {
					this.toolPieces.add(OpenAiToolPiece.read(parser, bytes, offset));
				}
			}
		}
	}

	private void functionCall(JsonParser parser, byte[] bytes, int offset) {
		if (parser.currentToken() == JsonToken.START_OBJECT) {
			OpenAiToolPiece function = OpenAiToolPiece.function(parser, bytes, offset);
			// Snowflake sends an empty one beside the words
			if (!function.name().isEmpty() || !function.arguments().isEmpty()) {
				this.toolPieces.add(new OpenAiToolPiece(0, "", function.name(), function.arguments(), null));
			}
		}
	}

	/** The texts of an array of parts; thinking among them is kept apart. */
	private @Nullable String parts(JsonParser parser) {
		if (!Json.beginsArray(parser)) {
			return null;
		}
		StringBuilder texts = new StringBuilder();
		StringBuilder thoughts = new StringBuilder();
		parts(parser, texts, thoughts);
		this.details = thoughts.isEmpty() ? this.details : join(this.details, thoughts.toString());
		return texts.toString();
	}

	private static void parts(JsonParser parser, StringBuilder texts, StringBuilder thoughts) {
		while (parser.nextToken() != JsonToken.END_ARRAY) {
			if (parser.currentToken() == JsonToken.VALUE_STRING) {
				texts.append(parser.getString());
			}
			else if (Json.beginsObject(parser)) {
				part(parser, texts, thoughts);
			}
		}
	}

	private static void part(JsonParser parser, StringBuilder texts, StringBuilder thoughts) {
		while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
			String name = parser.currentName();
			JsonToken value = parser.nextToken();
			if (name.equals("thinking") && value == JsonToken.START_ARRAY) {
				parts(parser, thoughts, thoughts);
			}
			else if (name.equals("text") || name.equals("thinking")) {
				String words = Json.string(parser);
				(name.equals("text") ? texts : thoughts).append((words == null) ? "" : words);
			}
			else {
				parser.skipChildren();
			}
		}
	}

	private static @Nullable String join(@Nullable String one, @Nullable String other) {
		return (one == null) ? other : (other == null) ? one : one + other;
	}

}
