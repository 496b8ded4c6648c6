package io.arcllm.provider.openai;

import io.arcllm.provider.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A piece of a tool call as the vendor sends it.
 *
 * @param index the vendor's count of calls, where it counts
 * @param id the call's id, or empty
 * @param name the tool, or empty
 * @param arguments the next characters of the arguments
 * @param extra what else the vendor wants back with the call, as JSON
 */
record OpenAiToolPiece(@Nullable Integer index, String id, String name, String arguments, @Nullable String extra) {

	/** Reads the object at the parser. */
	static OpenAiToolPiece read(JsonParser parser, byte[] bytes, int offset) {
		Integer index = null;
		String id = "";
		OpenAiToolPiece function = new OpenAiToolPiece(null, "", "", "", null);
		String extra = null;
		while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
			String field = parser.currentName();
			JsonToken value = parser.nextToken();
			switch (field) {
				case "index" -> index = Json.integer(parser);
				case "id" -> id = orEmpty(Json.string(parser));
				case "function" -> function = function(parser, bytes, offset);
				case "extra_content" -> extra = (value == JsonToken.START_OBJECT)
						? nullIfEmpty(Json.raw(parser, bytes, offset)) : skipped(parser);
				default -> parser.skipChildren();
			}
		}
		return new OpenAiToolPiece(index, id, function.name(), function.arguments(), extra);
	}

	/** Reads the name and the arguments alone. */
	static OpenAiToolPiece function(JsonParser parser, byte[] bytes, int offset) {
		String name = "";
		String arguments = "";
		if (Json.beginsObject(parser)) {
			while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
				String field = parser.currentName();
				JsonToken value = parser.nextToken();
				switch (field) {
					case "name" -> name = orEmpty(Json.string(parser));
					case "arguments" -> arguments = (value == JsonToken.START_OBJECT) ? Json.raw(parser, bytes, offset)
							: orEmpty(Json.string(parser));
					default -> parser.skipChildren();
				}
			}
		}
		return new OpenAiToolPiece(null, "", name, arguments, null);
	}

	private static @Nullable String nullIfEmpty(String json) {
		return json.equals("{}") ? null : json;
	}

	private static @Nullable String skipped(JsonParser parser) {
		parser.skipChildren();
		return null;
	}

	private static String orEmpty(@Nullable String text) {
		return (text == null) ? "" : text;
	}

}
