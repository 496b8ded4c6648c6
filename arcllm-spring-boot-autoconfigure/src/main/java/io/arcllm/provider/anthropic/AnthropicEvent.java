package io.arcllm.provider.anthropic;

import java.util.ArrayList;
import java.util.List;

import io.arcllm.provider.AnswerContext;
import io.arcllm.provider.json.InsteadOfAnswer;
import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * One JSON document of an answer: an event of a stream, or a whole message. Read in one
 * pass whatever the order of its fields; reused from frame to frame.
 */
final class AnthropicEvent {

	/** What the document says it is. */
	public enum Type {

		/** No type, or an unknown one. */
		NONE(""), BLOCK_DELTA("content_block_delta"), BLOCK_START("content_block_start"),
		BLOCK_STOP("content_block_stop"), MESSAGE_START("message_start"), MESSAGE_DELTA("message_delta"),
		MESSAGE_STOP("message_stop"), MESSAGE("message"), ERROR("error"), UNKNOWN("");

		private static final Type[] ALL = values();

		private final String text;

		Type(String text) {
			this.text = text;
		}

		static Type read(JsonParser parser) {
			for (Type type : ALL) {
				if (!type.text.isEmpty() && Json.is(parser, type.text)) {
					return type;
				}
			}
			boolean absent = Json.string(parser) == null;
			return absent ? NONE : UNKNOWN;
		}

	}

	final AnthropicTokens tokens = new AnthropicTokens();

	final List<AnthropicBlock> content = new ArrayList<>(1);

	Type type = Type.NONE;

	int index;

	boolean isError;

	boolean hasDelta;

	boolean hasContent;

	@Nullable String text;

	/**
	 * Where the text begins, if it was read from a single string and its place is needed.
	 */
	int textAt = -1;

	boolean locates;

	@Nullable String thinking;

	@Nullable String signature;

	@Nullable String json;

	@Nullable String otherField;

	@Nullable String other;

	@Nullable String id;

	@Nullable String model;

	@Nullable String stopReason;

	private final InsteadOfAnswer instead = new InsteadOfAnswer();

	private byte[] bytes = {};

	private int offset;

	/** Reads a document; false if it is not exactly one object. */
	boolean read(byte[] bytes, int offset, int length) {
		clear();
		this.bytes = bytes;
		this.offset = offset;
		try (JsonParser parser = Json.parser(bytes, offset, length)) {
			if (parser.nextToken() != JsonToken.START_OBJECT) {
				return false;
			}
			object(parser);
			return parser.nextToken() == null;
		}
		finally {
			this.bytes = new byte[0];
		}
	}

	private void clear() {
		this.type = Type.NONE;
		this.isError = false;
		this.index = -1;
		this.hasDelta = false;
		this.hasContent = false;
		this.text = null;
		this.textAt = -1;
		this.thinking = null;
		this.signature = null;
		this.json = null;
		this.otherField = null;
		this.other = null;
		this.content.clear();
		this.instead.clear();
	}

	private void object(JsonParser parser) {
		while (parser.nextToken() != JsonToken.END_OBJECT) {
			String name = parser.currentName();
			parser.nextToken();
			switch (name) {
				case "type" -> this.type = Type.read(parser);
				case "index" -> {
					Integer number = Json.integer(parser);
					this.index = (number != null) ? number : -1;
				}
				case "delta" -> delta(parser);
				case "content_block" -> block(parser);
				case "message" -> {
					if (parser.currentToken() == JsonToken.START_OBJECT) {
						message(parser);
					}
					else {
						this.instead.field(name, parser);
					}
				}
				case "error" -> {
					this.isError = parser.currentToken() != JsonToken.VALUE_NULL;
					parser.skipChildren();
				}
				case "base_resp", "object", "msg", "error_msg", "errmsg", "detail", "errors" ->
					this.instead.field(name, parser);
				default -> messageField(parser, name);
			}
		}
		this.isError |= this.instead.isError();
	}

	/** Whether the document has a message instead of an answer. */
	boolean saysWhy() {
		return this.instead.saysWhy();
	}

	private void delta(JsonParser parser) {
		this.hasDelta = Json.beginsObject(parser);
		while (this.hasDelta && parser.nextToken() != JsonToken.END_OBJECT) {
			String name = parser.currentName();
			parser.nextToken();
			switch (name) {
				case "text" -> {
					this.textAt = this.locates ? (int) parser.currentTokenLocation().getByteOffset() : -1;
					this.text = Json.string(parser);
				}
				case "thinking" -> this.thinking = Json.string(parser);
				case "signature" -> this.signature = Json.string(parser);
				case "partial_json" -> this.json = Json.string(parser);
				case "stop_reason" -> stopReason(parser);
				case "type" -> parser.skipChildren();
				default -> other(parser, name);
			}
		}
	}

	/** What only the vendor understands. */
	private void other(JsonParser parser, String name) {
		if (parser.currentToken() == JsonToken.VALUE_STRING) {
			this.otherField = name;
			this.other = Json.string(parser);
		}
		else {
			parser.skipChildren();
		}
	}

	/** Whether the document has a text at a known place, and nothing else. */
	boolean isOneText() {
		return this.type == Type.BLOCK_DELTA && this.textAt >= 0 && this.text != null && this.thinking == null
				&& this.signature == null && this.json == null;
	}

	private void message(JsonParser parser) {
		while (parser.nextToken() != JsonToken.END_OBJECT) {
			String name = parser.currentName();
			parser.nextToken();
			messageField(parser, name);
		}
	}

	private void messageField(JsonParser parser, String name) {
		switch (name) {
			case "id" -> this.id = Json.string(parser);
			case "model" -> this.model = Json.string(parser);
			case "usage" -> this.tokens.read(parser);
			case "stop_reason" -> stopReason(parser);
			case "content" -> {
				this.hasContent = Json.beginsArray(parser);
				while (this.hasContent && parser.nextToken() != JsonToken.END_ARRAY) {
					block(parser);
				}
			}
			default -> parser.skipChildren();
		}
	}

	private void block(JsonParser parser) {
		if (this.content.size() >= AnswerContext.MOST_PARTS) {
			parser.skipChildren();
		}
		else if (Json.beginsObject(parser)) {
			this.content.add(AnthropicBlock.read(parser, this.bytes, this.offset));
		}
	}

	private void stopReason(JsonParser parser) {
		String now = Json.string(parser);
		this.stopReason = (now != null) ? now : this.stopReason;
	}

}
