package io.arcllm.provider.anthropic;

import java.util.Map;
import java.util.TreeMap;

import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A block of an answer while it is read.
 */
final class AnthropicBlock {

	String type = "";

	@Nullable String id;

	@Nullable String name;

	@Nullable String text;

	@Nullable String thinking;

	@Nullable String data;

	/** The arguments, if the block began with them. */
	@Nullable String input;

	/** All of it, where only the vendor understands it. */
	@Nullable String raw;

	/** The tool call that it is. */
	AnthropicCalls.@Nullable Call call;

	private @Nullable StringBuilder signature;

	/** What came after the beginning of a block that only the vendor understands. */
	private Map<String, StringBuilder> later = Map.of();

	static AnthropicBlock read(JsonParser parser, byte[] bytes, int offset) {
		AnthropicBlock block = new AnthropicBlock();
		int start = (int) parser.currentTokenLocation().getByteOffset();
		while (parser.nextToken() != JsonToken.END_OBJECT) {
			String name = parser.currentName();
			parser.nextToken();
			switch (name) {
				case "type" -> block.type = String.valueOf(Json.string(parser));
				case "id" -> block.id = Json.string(parser);
				case "name" -> block.name = Json.string(parser);
				case "text" -> block.text = Json.string(parser);
				case "thinking" -> block.thinking = Json.string(parser);
				case "signature" -> block.sign(Json.string(parser));
				case "data" -> block.data = Json.string(parser);
				case "input" -> block.input = arguments(parser, bytes, offset);
				default -> parser.skipChildren();
			}
		}
		if (!block.isKnown()) {
			block.raw = Json.since(parser, start, bytes, offset);
		}
		return block;
	}

	/** Some proxies write the object as a text, as OpenAI's format does. */
	private static @Nullable String arguments(JsonParser parser, byte[] bytes, int offset) {
		if (parser.currentToken() == JsonToken.VALUE_STRING) {
			String text = parser.getString();
			return (Json.object(text) != null) ? text : null;
		}
		return Json.beginsObject(parser) ? Json.raw(parser, bytes, offset) : null;
	}

	private boolean isKnown() {
		return switch (this.type) {
			case "text", "thinking", "redacted_thinking", "tool_use" -> true;
			default -> false;
		};
	}

	void sign(@Nullable String more) {
		if (more != null) {
			this.signature = (this.signature == null) ? new StringBuilder() : this.signature;
			this.signature.append(more);
		}
	}

	@Nullable String signature() {
		return (this.signature == null) ? null : this.signature.toString();
	}

	/** A piece of a field of a block that only the vendor understands. */
	void add(String field, String piece) {
		this.later = this.later.isEmpty() ? new TreeMap<>() : this.later;
		this.later.computeIfAbsent(field, (unknown) -> new StringBuilder()).append(piece);
	}

	/** The block in the vendor's own words, with what came after its beginning. */
	String opaque() {
		String json = String.valueOf(this.raw);
		for (Map.Entry<String, StringBuilder> field : this.later.entrySet()) {
			String value = field.getValue().toString();
			if (!field.getKey().equals("partial_json")) {
				json = Json.with(json, field.getKey(), Json.quoted(value));
			}
			else if (Json.isValid(value)) {
				json = Json.with(json, "input", value);
			}
		}
		return json;
	}

}
