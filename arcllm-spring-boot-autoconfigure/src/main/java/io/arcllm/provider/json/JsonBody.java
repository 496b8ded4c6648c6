package io.arcllm.provider.json;

import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Parameter;
import io.arcllm.RefusedParameter;
import io.arcllm.Target;
import io.arcllm.ToolCall;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;

/**
 * Writes the JSON object of a request: the fields that are set, and the caller's own
 * fields over them. Not safe for use by several threads.
 */
public final class JsonBody {

	private final Target target;

	private final JsonGenerator json;

	private final Map<String, @Nullable Object> own;

	private JsonBody(Target target, JsonGenerator json, Map<String, @Nullable Object> own) {
		this.target = target;
		this.json = json;
		this.own = own.isEmpty() ? Map.of() : new LinkedHashMap<>(own);
	}

	/**
	 * The bytes of an object.
	 * @param own the caller's fields, written last and unchanged; other fields of the
	 * same name are left out
	 * @throws LlmException {@code INVALID_REQUEST} for values that JSON cannot hold
	 */
	public static byte[] write(Target target, Map<String, @Nullable Object> own, Consumer<JsonBody> fields) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
		try (JsonGenerator json = Json.MAPPER.createGenerator(bytes)) {
			JsonBody body = new JsonBody(target, json, own);
			json.writeStartObject();
			fields.accept(body);
			body.own.forEach((name, value) -> json.writeName(name).writePOJO(value));
			json.writeEndObject();
		}
		catch (JacksonException ex) {
			throw unwritable(target, why(ex), ex);
		}
		byte[] body = bytes.toByteArray();
		if (hasHalfCharacter(body)) {
			throw unwritable(target, "half of a character (a lone surrogate), as where a text was cut in an emoji",
					null);
		}
		return body;
	}

	/** Explains a failure without Jackson's message, which may quote the value. */
	private static String why(JacksonException failure) {
		String words = String.valueOf(failure.getOriginalMessage());
		return words.startsWith(FiniteNumbers.NO_NUMBER) ? words.substring(FiniteNumbers.NO_NUMBER.length())
				: "an object of a type that JSON has no form for";
	}

	private static LlmException unwritable(Target target, String what, @Nullable Throwable cause) {
		return LlmException
			.of(ErrorKind.INVALID_REQUEST,
					"The request holds a value that cannot be written as JSON: " + what
							+ "; look at its options, tools and texts")
			.target(target)
			.cause(cause)
			.build();
	}

	/**
	 * Whether there is half a surrogate pair; whole characters are never written as
	 * escapes.
	 */
	private static boolean hasHalfCharacter(byte[] json) {
		for (int i = 0; i < json.length - 3; i++) {
			if (json[i] == '\\') {
				boolean half = json[i + 1] == 'u' && (json[i + 2] | 0x20) == 'd'
						&& Character.digit(json[i + 3], 16) >= 8;
				if (half) {
					return true;
				}
				i++;
			}
		}
		return false;
	}

	/** The target that is asked. */
	public Target target() {
		return this.target;
	}

	/** The generator, inside the object. */
	public JsonGenerator json() {
		return this.json;
	}

	/** Begins a field, unless the caller writes it itself. */
	public boolean begin(String name) {
		if (this.own.containsKey(name)) {
			return false;
		}
		this.json.writeName(name);
		return true;
	}

	/**
	 * Writes a field, if it is set and the caller does not write it itself.
	 * @throws LlmException {@code INVALID_REQUEST} if it is no finite number
	 */
	public void field(String name, @Nullable Object value) {
		if (value instanceof Double number && !Double.isFinite(number)) {
			throw invalid(name + " must be a finite number, not " + number);
		}
		if (value == null || (value instanceof List<?> list && list.isEmpty()) || !begin(name)) {
			return;
		}
		if (value instanceof String text) {
			this.json.writeString(text);
		}
		else {
			this.json.writePOJO(value);
		}
	}

	/**
	 * Writes an object with these fields and the caller's over them, unless both are
	 * empty.
	 */
	public void object(String name, Map<String, ?> fields) {
		Map<String, @Nullable Object> all = new LinkedHashMap<>(fields);
		if (this.own.get(name) instanceof Map<?, ?> theirs) {
			theirs.forEach((key, value) -> all.put(String.valueOf(key), value));
			this.own.remove(name);
		}
		if (!all.isEmpty() && begin(name)) {
			this.json.writePOJO(all);
		}
	}

	/**
	 * The error for what this vendor cannot take, and others may.
	 * @param message names the field and what to change
	 */
	public LlmException unsupported(String message) {
		return LlmException.of(ErrorKind.UNSUPPORTED, message).target(this.target).build();
	}

	/**
	 * The error for a part of the request that this vendor cannot take, and others may.
	 * @param message says what to change
	 */
	public LlmException unsupported(Parameter parameter, String message) {
		return LlmException.of(ErrorKind.UNSUPPORTED, message)
			.target(this.target)
			.refusedParameter(new RefusedParameter(parameter.word(), RefusedParameter.Why.PARAMETER, null))
			.build();
	}

	/**
	 * The error for what no vendor can take.
	 * @param message names the field and what to change
	 */
	public LlmException invalid(String message) {
		return LlmException.of(ErrorKind.INVALID_REQUEST, message).target(this.target).build();
	}

	/**
	 * Writes the arguments of a tool call as an object: unchanged if they are one, else
	 * wrapped as Anthropic's documentation describes, so that the model can be told of
	 * its mistake.
	 */
	public void arguments(String name, ToolCall call) {
		String raw = call.rawArguments();
		if (call.parsedArguments() == null) {
			this.json.writePOJOProperty(name, Map.of("INVALID_JSON", raw));
		}
		else if (raw.stripLeading().startsWith("{") && Json.isValid(raw)) {
			this.json.writeName(name).writeRawValue(raw);
		}
		else {
			this.json.writePOJOProperty(name, call.parsedArguments());
		}
	}

	/**
	 * The media type as vendors write it: in lower case, without parameters, and {@code
	 * image/jpeg} for {@code image/jpg}.
	 */
	public static String mediaType(String written) {
		int parameters = written.indexOf(';');
		String type = ((parameters < 0) ? written : written.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
		return switch (type) {
			case "image/jpg", "image/pjpeg", "image/jpe" -> "image/jpeg";
			case "image/x-png" -> "image/png";
			default -> type;
		};
	}

	/** The bytes of a {@code data:} URL; any other source unchanged. */
	public static Content.Source source(Content.Source source) {
		boolean data = source instanceof Content.Link link && "data".equalsIgnoreCase(link.url().getScheme());
		String held = data ? ((Content.Link) source).url().getRawSchemeSpecificPart() : "";
		int comma = held.indexOf(',');
		if (comma < 0 || !held.substring(0, comma).toLowerCase(Locale.ROOT).endsWith(";base64")) {
			return source;
		}
		try {
			return new Content.Bytes(mediaType(held.substring(0, comma)),
					Base64.getDecoder().decode(held.substring(comma + 1)));
		}
		catch (IllegalArgumentException ex) {
			return source;
		}
	}

}
