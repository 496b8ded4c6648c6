package io.arcllm.provider.json;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import io.arcllm.provider.json.FiniteNumbers.FiniteArrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Reads JSON token by token, tolerating {@code null} and values of the wrong type: what
 * all wire formats share.
 */
public final class Json {

	/** A stream makes a parser for each chunk: its buffers stay with the thread. */
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

	/** Without the cost of a mapper's context for each parser. */
	private static final TokenStreamFactory FACTORY = MAPPER.tokenStreamFactory();

	private static final TypeReference<Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {
	};

	/** So many fit into an int, with a sign. */
	private static final int SURE_DIGITS = 9;

	private Json() {
	}

	/** A parser before the first token of these bytes. To be closed. */
	public static JsonParser parser(byte[] bytes, int offset, int length) {
		return FACTORY.createParser(ObjectReadContext.empty(), bytes, offset, length);
	}

	/** The object that this text is, or {@code null} where it is none. */
	public static @Nullable Map<String, @Nullable Object> object(String text) {
		try {
			return text.stripLeading().startsWith("{") ? MAPPER.readValue(text, OBJECT) : null;
		}
		catch (JacksonException ex) {
			return null;
		}
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

	/** The number at the parser, or {@code null}; anything else is skipped. */
	public static @Nullable Integer integer(JsonParser parser) {
		JsonToken token = parser.currentToken();
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

	/** Whether the text at the parser is exactly this one. Makes no string of it. */
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
		parser.finishToken();
		int end = (int) parser.currentLocation().getByteOffset();
		return new String(bytes, offset + start, end - start, StandardCharsets.UTF_8);
	}

}
