package io.arcllm.sample.gateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads typed fields of a JSON object and names the one that is wrong. Null is absent.
 *
 * @param json the object
 * @param path its place, such as {@code messages[0].}
 * @param document as it was written
 */
record Fields(JsonNode json, String path, RawJson document) {

	private static final int MOST_TOKENS = 200_000;

	static final JsonMapper MAPPER = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS).build())
			.build())
		.build();

	private static final TypeReference<Map<String, @Nullable Object>> MAP = new TypeReference<>() {
	};

	/** The field, or {@code null} if it is absent. */
	@Nullable JsonNode get(String name) {
		JsonNode value = this.json.get(name);
		return (value == null || value.isNull()) ? null : value;
	}

	@Nullable String string(String name) {
		JsonNode value = get(name);
		if (value != null && !value.isString()) {
			throw wrong(name, "a string");
		}
		return (value == null) ? null : value.asString();
	}

	String required(String name) {
		String value = string(name);
		if (value == null || value.isEmpty()) {
			throw missing(name);
		}
		return value;
	}

	boolean flag(String name) {
		JsonNode value = get(name);
		if (value != null && !value.isBoolean()) {
			throw wrong(name, "a boolean");
		}
		return value != null && value.asBoolean();
	}

	@Nullable Integer integer(String name) {
		JsonNode value = get(name);
		if (value != null && (!value.isIntegralNumber() || !value.canConvertToInt())) {
			throw wrong(name, "a whole number");
		}
		return (value == null) ? null : Integer.valueOf(value.asInt());
	}

	@Nullable Double number(String name) {
		JsonNode value = get(name);
		if (value != null && !value.isNumber()) {
			throw wrong(name, "a number");
		}
		return (value == null) ? null : Double.valueOf(value.asDouble());
	}

	/** A field that a vendor wants back, as it is written; empty if it is absent. */
	String raw(String name) {
		String raw = this.document.at(this.path + name);
		return (raw == null) ? "" : raw;
	}

	/** The object; {@code null} if it is absent. */
	@Nullable Fields object(String name) {
		JsonNode value = get(name);
		if (value != null && !value.isObject()) {
			throw wrong(name, "an object");
		}
		return (value == null) ? null : new Fields(value, this.path + name + ".", this.document);
	}

	/** The array's objects; empty if it is absent. */
	List<Fields> objects(String name) {
		JsonNode value = get(name);
		if (value == null) {
			return List.of();
		}
		if (!value.isArray()) {
			throw wrong(name, "an array");
		}
		List<Fields> objects = new ArrayList<>(value.size());
		for (JsonNode element : value) {
			String at = name + "[" + objects.size() + "]";
			if (!element.isObject()) {
				throw wrong(at, "an object");
			}
			objects.add(new Fields(element, this.path + at + ".", this.document));
		}
		return objects;
	}

	/** The object as a map. */
	static Map<String, @Nullable Object> map(JsonNode object) {
		return MAPPER.convertValue(object, MAP);
	}

	/** The object as a JSON schema; empty if it is absent. */
	Map<String, Object> schema(String name) {
		Fields schema = object(name);
		if (schema == null) {
			return Map.of();
		}
		Map<String, Object> map = new LinkedHashMap<>();
		map(schema.json()).forEach((key, value) -> {
			if (value != null) {
				map.put(key, value);
			}
		});
		return map;
	}

	InvalidChatException wrong(String name, String wanted) {
		String param = this.path + name;
		return new InvalidChatException("Invalid type for '" + param + "': expected " + wanted + ".", param);
	}

	InvalidChatException missing(String name) {
		String param = this.path + name;
		return new InvalidChatException("Missing required parameter: '" + param + "'.", param);
	}

	InvalidChatException invalid(String name, String message) {
		String param = this.path + name;
		return new InvalidChatException("Invalid '" + param + "': " + message, param);
	}

}
