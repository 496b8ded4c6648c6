package io.arcllm.provider.json;

import java.util.Calendar;
import java.util.Date;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsonFormatVisitors.JsonAnyFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonBooleanFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import tools.jackson.databind.jsonFormatVisitors.JsonIntegerFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonNumberFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonStringFormatVisitor;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON form of a type in Jackson, if that is no object: enums by their names, values
 * by their annotations and serializers.
 *
 * @param mapper writes and reads
 */
record WrittenType(JsonMapper mapper) {

	/** Local times have no format, because the format requires an offset. */
	private static final Map<String, String> FORMATS = Map.of("java.time.LocalDate", "date", "java.time.Instant",
			"date-time", "java.time.ZonedDateTime", "date-time", "java.time.OffsetDateTime", "date-time",
			"java.time.OffsetTime", "time", "java.time.Duration", "duration", "java.time.Period", "duration",
			"java.util.UUID", "uuid", Date.class.getName(), "date-time", Calendar.class.getName(), "date-time");

	private static final String ANY = "any";

	/** The schema, or {@code null} if the type is an object to Jackson. */
	@Nullable ObjectNode schema(Class<?> type) {
		ObjectNode schema = this.mapper.createObjectNode();
		if (type.isEnum()) {
			return constants(type, schema);
		}
		if (type == byte[].class || type == char[].class) {
			return schema.put("type", "string");
		}
		String written = written(type);
		if (written == null || !isReadFrom(type, written)) {
			return null;
		}
		if (written.equals(ANY)) {
			requireReadable(type);
		}
		else {
			schema.put("type", written);
		}
		String format = FORMATS.get(type.getName());
		return (format != null) ? schema.put("format", format) : schema;
	}

	private ObjectNode constants(Class<?> type, ObjectNode schema) {
		ArrayNode names = this.mapper.createArrayNode();
		for (Object constant : type.getEnumConstants()) {
			names.add(this.mapper.<JsonNode>valueToTree(constant));
		}
		boolean numbers = !names.isEmpty() && names.valueStream().allMatch(JsonNode::isNumber);
		schema.put("type",
				!numbers ? "string" : names.valueStream().allMatch(JsonNode::isIntegralNumber) ? "integer" : "number");
		return schema.set("enum", names);
	}

	private @Nullable String written(Class<?> type) {
		Written visitor = new Written();
		try {
			this.mapper.acceptJsonFormatVisitor(type, visitor);
		}
		catch (JacksonException | IllegalArgumentException ex) {
			return null;
		}
		return visitor.type;
	}

	/** Whether a value can be read from the text that it is written as. */
	private boolean isReadFrom(Class<?> type, String written) {
		if (type.isPrimitive() || type.getName().startsWith("java.")) {
			return true;
		}
		try {
			read(type, switch (written) {
				case "string" -> "\"x\"";
				case "boolean" -> "true";
				default -> "1";
			});
		}
		catch (MismatchedInputException ex) {
			return ex.getClass() != MismatchedInputException.class;
		}
		catch (JacksonException ex) {
			return true;
		}
		return true;
	}

	/**
	 * @throws IllegalArgumentException if no answer could be read into the type
	 */
	void requireReadable(Class<?> type) {
		try {
			read(type, "{}");
		}
		catch (InvalidDefinitionException ex) {
			throw new IllegalArgumentException(type.getName() + " cannot be read from JSON: " + ex.getOriginalMessage(),
					ex);
		}
		catch (JacksonException ex) {
			// it can, from other values
		}
	}

	private void read(Class<?> type, String json) {
		JavaType known = this.mapper.constructType(type);
		Object ignored = this.mapper.readerFor(known).readValue(json);
	}

	/** Records what a serializer writes. */
	private static final class Written extends JsonFormatVisitorWrapper.Base {

		private @Nullable String type;

		@Override
		public @Nullable JsonStringFormatVisitor expectStringFormat(@Nullable JavaType hint) {
			this.type = "string";
			return null;
		}

		@Override
		public @Nullable JsonNumberFormatVisitor expectNumberFormat(@Nullable JavaType hint) {
			this.type = "number";
			return null;
		}

		@Override
		public @Nullable JsonIntegerFormatVisitor expectIntegerFormat(@Nullable JavaType hint) {
			this.type = "integer";
			return null;
		}

		@Override
		public @Nullable JsonBooleanFormatVisitor expectBooleanFormat(@Nullable JavaType hint) {
			this.type = "boolean";
			return null;
		}

		@Override
		public @Nullable JsonAnyFormatVisitor expectAnyFormat(@Nullable JavaType hint) {
			this.type = ANY;
			return null;
		}

	}

}
