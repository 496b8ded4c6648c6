package io.arcllm.provider.openai;

import io.arcllm.provider.json.InsteadOfAnswer;
import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * One JSON object of an answer: a chunk of a stream, or the whole answer. It is reused
 * for each chunk; the first id and model stay.
 */
final class OpenAiChunk {

	private final String deltaField;

	private final OpenAiTokens tokens;

	final OpenAiDelta delta = new OpenAiDelta();

	/** The object is a whole message instead of a piece of one. */
	@Nullable OpenAiDelta message;

	@Nullable String id;

	@Nullable String model;

	boolean isError;

	boolean hasChoices;

	boolean hasChoice;

	boolean hasUsage;

	private final InsteadOfAnswer instead = new InsteadOfAnswer();

	/**
	 * @param deltaField the field with the words: {@code delta} or {@code message}
	 * @param tokens counts
	 */
	OpenAiChunk(String deltaField, OpenAiTokens tokens) {
		this.deltaField = deltaField;
		this.tokens = tokens;
	}

	/** Whether these bytes are one JSON object. */
	boolean read(byte[] bytes, int offset, int length) {
		this.isError = false;
		this.hasChoices = false;
		this.hasChoice = false;
		this.hasUsage = false;
		this.message = null;
		this.delta.clear();
		this.instead.clear();
		try (JsonParser parser = Json.parser(bytes, offset, length)) {
			// Gemini wraps its errors in a list
			boolean wrapped = parser.nextToken() == JsonToken.START_ARRAY && parser.nextToken() != null;
			if (parser.currentToken() != JsonToken.START_OBJECT) {
				return false;
			}
			while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
				String name = parser.currentName();
				parser.nextToken();
				field(name, parser, bytes, offset);
			}
			this.isError |= this.instead.isError();
			return (!wrapped || parser.nextToken() == JsonToken.END_ARRAY) && parser.nextToken() == null;
		}
	}

	private void field(String name, JsonParser parser, byte[] bytes, int offset) {
		switch (name) {
			case "choices" -> choices(parser, bytes, offset);
			case "id" -> this.id = first(this.id, parser);
			case "model" -> this.model = first(this.model, parser);
			case "usage" -> this.hasUsage |= this.tokens.read(parser);
			case "x_groq" -> groq(parser);
			case "error" -> error(parser);
			default -> this.instead.field(name, parser);
		}
	}

	/** Whether the document has a message instead of an answer. */
	boolean saysWhy() {
		return !this.hasChoice && this.instead.saysWhy();
	}

	private static @Nullable String first(@Nullable String known, JsonParser parser) {
		if (known != null) {
			parser.skipChildren();
			return known;
		}
		String text = Json.string(parser);
		return (text == null || text.isEmpty()) ? null : text;
	}

	private void error(JsonParser parser) {
		JsonToken token = parser.currentToken();
		this.isError |= token == JsonToken.START_OBJECT
				|| (token == JsonToken.VALUE_STRING && parser.getStringLength() > 0);
		parser.skipChildren();
	}

	private void groq(JsonParser parser) {
		if (!Json.beginsObject(parser)) {
			return;
		}
		while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
			String name = parser.currentName();
			parser.nextToken();
			switch (name) {
				case "usage" -> this.tokens.read(parser);
				case "error" -> error(parser);
				default -> parser.skipChildren();
			}
		}
	}

	private void choices(JsonParser parser, byte[] bytes, int offset) {
		this.hasChoices = Json.beginsArray(parser);
		while (this.hasChoices && parser.nextToken() != JsonToken.END_ARRAY) {
			if (this.hasChoice || !Json.beginsObject(parser)) {
				parser.skipChildren();
			}
			else if (choice(parser, bytes, offset)) {
				this.hasChoice = true;
			}
			else {
				this.message = null;
				this.delta.clear();
			}
		}
	}

	/** Whether this is the first choice; the others are alternatives. */
	private boolean choice(JsonParser parser, byte[] bytes, int offset) {
		Integer index = null;
		while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
			String name = parser.currentName();
			parser.nextToken();
			if (name.equals(this.deltaField)) {
				this.delta.read(parser, bytes, offset);
				continue;
			}
			switch (name) {
				case "index" -> index = Json.integer(parser);
				case "finish_reason" -> this.delta.finishReason = Json.string(parser);
				case "usage" -> this.tokens.read(parser);
				case "error" -> error(parser);
				case "message" -> {
					this.message = new OpenAiDelta();
					this.message.read(parser, bytes, offset);
				}
				default -> parser.skipChildren();
			}
		}
		return index == null || index == 0;
	}

}
