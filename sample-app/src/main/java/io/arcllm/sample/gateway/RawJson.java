package io.arcllm.sample.gateway;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Parts of a JSON document as they are written, byte for byte, for what a vendor needs
 * back unchanged. Not safe for use by several threads.
 */
final class RawJson {

	private final byte[] json;

	/** By their paths; found when the first one is asked for. */
	private @Nullable Map<String, String> found;

	/**
	 * @param json one document
	 */
	RawJson(byte[] json) {
		this.json = json;
	}

	/**
	 * The value of a field that a vendor wants back.
	 * @param path such as {@code messages[0].reasoning_details}
	 */
	@Nullable String at(String path) {
		Map<String, String> known = this.found;
		if (known == null) {
			known = new HashMap<>();
			try (JsonParser parser = Fields.MAPPER.createParser(this.json)) {
				parser.nextToken();
				value(parser, "", known);
			}
			this.found = known;
		}
		return known.get(path);
	}

	private void value(JsonParser parser, String path, Map<String, String> known) {
		if (parser.currentToken() == JsonToken.START_ARRAY) {
			for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
				value(parser, path + "[" + i + "]", known);
			}
		}
		else if (parser.currentToken() == JsonToken.START_OBJECT) {
			while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
				String name = parser.currentName();
				String inside = path.isEmpty() ? name : path + "." + name;
				parser.nextToken();
				if (name.equals(CarriedBlocks.FIELD) || name.equals(AnswerFields.EXTRA)) {
					known.put(inside, slice(parser, this.json));
				}
				else {
					value(parser, inside, known);
				}
			}
		}
	}

	/** The value at the parser, in one line; moves to its end. */
	private static String slice(JsonParser parser, byte[] json) {
		int start = (int) parser.currentTokenLocation().getByteOffset();
		parser.skipChildren();
		parser.finishToken();
		int end = (int) parser.currentLocation().getByteOffset();
		// no string of JSON has a line end: it stands between values
		return new String(json, start, end - start, StandardCharsets.UTF_8).replace('\r', ' ').replace('\n', ' ');
	}

	/** The whole object in one line; {@code null} where the text is none. */
	static @Nullable String object(String text) {
		byte[] json = text.getBytes(StandardCharsets.UTF_8);
		try (JsonParser parser = Fields.MAPPER.createParser(json)) {
			boolean object = parser.nextToken() == JsonToken.START_OBJECT;
			String whole = object ? slice(parser, json) : null;
			return (object && parser.nextToken() == null) ? whole : null;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	/** A field of an object; {@code null} where it has none. */
	static @Nullable String field(String object, String name) {
		return new RawJson(object.getBytes(StandardCharsets.UTF_8)).at(name);
	}

	/** The elements of an array. */
	static List<String> elements(String array) {
		byte[] json = array.getBytes(StandardCharsets.UTF_8);
		List<String> elements = new ArrayList<>();
		try (JsonParser parser = Fields.MAPPER.createParser(json)) {
			boolean begins = parser.nextToken() == JsonToken.START_ARRAY;
			while (begins && parser.nextToken() != JsonToken.END_ARRAY) {
				elements.add(slice(parser, json));
			}
		}
		return elements;
	}

}
