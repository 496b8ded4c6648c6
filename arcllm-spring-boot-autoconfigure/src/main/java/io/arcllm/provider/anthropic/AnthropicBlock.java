package io.arcllm.provider.anthropic;

import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A block of an answer, and what is known of it while it is made.
 */
final class AnthropicBlock {

	String type = "";

	@Nullable String id;

	@Nullable String name;

	@Nullable String text;

	@Nullable String thinking;

	@Nullable String signature;

	@Nullable String data;

	/** The arguments, if the block began with them. */
	@Nullable String input;

	/** Which tool call of the answer it is, or -1. */
	int call = -1;

	static AnthropicBlock read(JsonParser parser, byte[] bytes, int offset) {
		AnthropicBlock block = new AnthropicBlock();
		while (parser.nextToken() != JsonToken.END_OBJECT) {
			String name = parser.currentName();
			parser.nextToken();
			switch (name) {
				case "type" -> block.type = String.valueOf(Json.string(parser));
				case "id" -> block.id = Json.string(parser);
				case "name" -> block.name = Json.string(parser);
				case "text" -> block.text = Json.string(parser);
				case "thinking" -> block.thinking = Json.string(parser);
				case "signature" -> block.signature = Json.string(parser);
				case "data" -> block.data = Json.string(parser);
				case "input" -> block.input = Json.beginsObject(parser) ? Json.raw(parser, bytes, offset) : null;
				default -> parser.skipChildren();
			}
		}
		return block;
	}

	void sign(String more) {
		this.signature = (this.signature == null) ? more : this.signature + more;
	}

}
