package io.arcllm.provider.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.arcllm.provider.json.FiniteNumbers.FiniteArrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Reads JSON token by token for all wire formats, and tolerates {@code null} and values
 * of the wrong type.
 */
public final class Json {

	/** A stream makes a parser for each chunk, so buffers are kept with the thread. */
	static final JsonMapper MAPPER = JsonMapper
		.builder(JsonFactory.builder().recyclerPool(JsonRecyclerPools.threadLocalPool()).build())
		.enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
		.addModule(new SimpleModule().addSerializer(Double.class, new FiniteNumbers<>())
			.addSerializer(Double.TYPE, new FiniteNumbers<>())
			.addSerializer(Float.class, new FiniteNumbers<>())
			.addSerializer(Float.TYPE, new FiniteNumbers<>())
			.addSerializer(double[].class, new FiniteArrays<>())
			.addSerializer(float[].class, new FiniteArrays<>()))
		.build();

	/** The most tokens of a tree, which takes many times the memory of its text. */
	private static final int MOST_TOKENS = 100_000;

	/** Makes trees of limited size. */
	private static final JsonMapper TREES = JsonMapper
		.builder(JsonFactory.builder()
			.recyclerPool(JsonRecyclerPools.threadLocalPool())
			.streamReadConstraints(StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS).build())
			.build())
		.build();

	/** Keeps all digits of amounts. */
	private static final ObjectReader EXACT = TREES.reader(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

	/** Avoids a mapper's context for each parser. */
	private static final TokenStreamFactory FACTORY = MAPPER.tokenStreamFactory();

	private static final TypeReference<Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {
	};

	/** This many digits always fit into an int. */
	private static final int SURE_DIGITS = 9;

	private Json() {
	}

	/** A parser before the first token of these bytes. It must be closed. */
	public static JsonParser parser(byte[] bytes, int offset, int length) {
		return FACTORY.createParser(ObjectReadContext.empty(), bytes, offset, length);
	}

	/**
	 * The text as an object, or {@code null} if it is no object or has more than 100,000
	 * tokens.
	 */
	public static @Nullable Map<String, @Nullable Object> object(String text) {
		try {
			return text.stripLeading().startsWith("{") ? TREES.readValue(text, OBJECT) : null;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	/** A value of the type that was read without it; {@code null} for none of it. */
	public static <T> @Nullable T convert(Map<?, ?> object, Class<T> type) {
		try {
			return MAPPER.convertValue(object, type);
		}
		catch (JacksonException | IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * Reads the objects of one answer, which together have at most 200,000 tokens.
	 */
	public static Function<String, @Nullable Map<String, @Nullable Object>> objects() {
		long[] read = new long[1];
		return (text) -> {
			if (read[0] > MOST_TOKENS || !text.stripLeading().startsWith("{")) {
				return null;
			}
			try (JsonParser parser = TREES.createParser(text)) {
				Map<String, @Nullable Object> object = TREES.readValue(parser, OBJECT);
				read[0] += parser.currentTokenCount();
				return object;
			}
			catch (JacksonException ex) {
				return null;
			}
		};
	}

	/**
	 * The text as a tree.
	 * @throws JacksonException if it is no JSON or has more than 100,000 tokens
	 */
	static JsonNode tree(String text) {
		return EXACT.readTree(text);
	}

	/** The JSON of an object. */
	public static String text(Map<String, ? extends @Nullable Object> object) {
		return MAPPER.writeValueAsString(object);
	}

	/** The text at the parser, or {@code null}; anything else is skipped. */
	public static @Nullable String string(JsonParser parser) {
		JsonToken token = parser.currentToken();
		if (token == JsonToken.VALUE_STRING || token.isNumeric()) {
			return parser.getString();
		}
		parser.skipChildren();
		return null;
	}

	/**
	 * The number at the parser, also if it is written as a text, or {@code null};
	 * anything else is skipped.
	 */
	public static @Nullable Integer integer(JsonParser parser) {
		JsonToken token = parser.currentToken();
		if (token == JsonToken.VALUE_STRING) {
			return digits(parser.getString());
		}
		if (token == JsonToken.VALUE_NUMBER_INT && parser.getStringLength() <= SURE_DIGITS) {
			int value = parser.getIntValue();
			return (value >= 0) ? Integer.valueOf(value) : null;
		}
		if (token.isNumeric()) {
			double value = parser.getDoubleValue();
			return (value >= 0 && value <= Integer.MAX_VALUE) ? Integer.valueOf((int) value) : null;
		}
		parser.skipChildren();
		return null;
	}

	private static @Nullable Integer digits(String text) {
		boolean number = !text.isEmpty() && text.length() <= SURE_DIGITS;
		for (int i = 0; number && i < text.length(); i++) {
			number = text.charAt(i) >= '0' && text.charAt(i) <= '9';
		}
		return number ? Integer.valueOf(text) : null;
	}

	/**
	 * The count at the parser, or the earlier one if there is none or it is 0; anything
	 * else is skipped.
	 */
	public static @Nullable Integer laterCount(JsonParser parser, @Nullable Integer earlier) {
		Integer now = integer(parser);
		return (now == null || (now == 0 && earlier != null)) ? earlier : now;
	}

	/**
	 * An object with another value in one field; all other fields stay as they are
	 * written.
	 * @param object the JSON of an object
	 * @param value the JSON of the value
	 */
	public static String with(String object, String field, String value) {
		byte[] bytes = object.getBytes(StandardCharsets.UTF_8);
		StringBuilder json = new StringBuilder(object.length() + value.length()).append('{');
		try (JsonParser parser = parser(bytes, 0, bytes.length)) {
			parser.nextToken();
			while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
				String name = parser.currentName();
				parser.nextToken();
				String raw = raw(parser, bytes, 0);
				if (!name.equals(field)) {
					json.append(quoted(name)).append(':').append(raw).append(',');
				}
			}
		}
		return json.append(quoted(field)).append(':').append(value).append('}').toString();
	}

	/**
	 * The fields of an object as they are written; {@code null} if the text is no object.
	 */
	public static @Nullable Map<String, String> rawFields(String object) {
		byte[] bytes = object.getBytes(StandardCharsets.UTF_8);
		Map<String, String> fields = new LinkedHashMap<>();
		try (JsonParser parser = parser(bytes, 0, bytes.length)) {
			if (parser.nextToken() != JsonToken.START_OBJECT) {
				return null;
			}
			while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
				String name = parser.currentName();
				parser.nextToken();
				fields.put(name, raw(parser, bytes, 0));
			}
			return (parser.nextToken() == null) ? fields : null;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	/** The elements of an array as they are written; empty if the text is no array. */
	public static List<String> rawElements(String array) {
		byte[] bytes = array.getBytes(StandardCharsets.UTF_8);
		List<String> elements = new ArrayList<>();
		try (JsonParser parser = parser(bytes, 0, bytes.length)) {
			boolean begins = parser.nextToken() == JsonToken.START_ARRAY;
			while (begins && parser.nextToken() != JsonToken.END_ARRAY) {
				elements.add(raw(parser, bytes, 0));
			}
			return elements;
		}
		catch (JacksonException ex) {
			return List.of();
		}
	}

	/** A text in JSON. */
	public static String quoted(String text) {
		return MAPPER.writeValueAsString(text);
	}

	/** Whether this text is one JSON value and nothing else. */
	public static boolean isValid(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		try (JsonParser parser = parser(bytes, 0, bytes.length)) {
			if (parser.nextToken() == null) {
				return false;
			}
			parser.skipChildren();
			return parser.nextToken() == null;
		}
		catch (JacksonException ex) {
			return false;
		}
	}

	/** Whether the text at the parser is exactly this one. Allocates no string. */
	public static boolean is(JsonParser parser, String text) {
		if (parser.currentToken() != JsonToken.VALUE_STRING || parser.getStringLength() != text.length()) {
			return false;
		}
		char[] characters = parser.getStringCharacters();
		int offset = parser.getStringOffset();
		for (int i = 0; i < text.length(); i++) {
			if (characters[offset + i] != text.charAt(i)) {
				return false;
			}
		}
		return true;
	}

	/** Whether an object begins at the parser; anything else is skipped. */
	public static boolean beginsObject(JsonParser parser) {
		return begins(parser, JsonToken.START_OBJECT);
	}

	/** Whether an array begins at the parser; anything else is skipped. */
	public static boolean beginsArray(JsonParser parser) {
		return begins(parser, JsonToken.START_ARRAY);
	}

	private static boolean begins(JsonParser parser, JsonToken start) {
		if (parser.currentToken() == start) {
			return true;
		}
		parser.skipChildren();
		return false;
	}

	/**
	 * The JSON of the value at the parser as it is written, and moves to its end.
	 * @param bytes what the parser reads
	 * @param offset where it began to
	 */
	public static String raw(JsonParser parser, byte[] bytes, int offset) {
		int start = (int) parser.currentTokenLocation().getByteOffset();
		parser.skipChildren();
		return since(parser, start, bytes, offset);
	}

	/**
	 * The JSON from a position to the end of the token at the parser.
	 * @param start the position, counted from where the parser began
	 * @param bytes what the parser reads
	 * @param offset where it began to
	 */
	public static String since(JsonParser parser, int start, byte[] bytes, int offset) {
		parser.finishToken();
		int end = (int) parser.currentLocation().getByteOffset();
		return new String(bytes, offset + start, end - start, StandardCharsets.UTF_8);
	}

}
