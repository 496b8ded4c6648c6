package io.arcllm.provider.json;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Checks whether a value matches a schema of this library: types, required properties,
 * enums. Unknown properties are ignored, and nullable ones may be missing.
 *
 * @param root the schema with the definitions
 */
record SchemaCheck(JsonNode root) {

	/**
	 * @throws IllegalArgumentException that names the place that does not match, and
	 * nothing of its content
	 */
	void check(@Nullable JsonNode value, JsonNode schema, String place) {
		if (!holds(value, schema, place)) {
			throw new IllegalArgumentException((place.isEmpty() ? "it" : "'" + place + "'") + ((value == null)
					? " is missing" : value.isNull() ? " is null" : " is of the wrong type or value"));
		}
	}

	private boolean holds(@Nullable JsonNode value, JsonNode said, String place) {
		JsonNode schema = resolve(said);
		JsonNode any = (schema.get("anyOf") != null) ? schema.get("anyOf") : schema.get("oneOf");
		if (any != null) {
			return holdsAny(value, any, place);
		}
		if (value == null || value.isNull()) {
			return schema.isEmpty() || allows(schema, "null");
		}
		if (schema.get("const") != null && !schema.get("const").equals(value)) {
			return false;
		}
		if (schema.get("enum") != null && schema.get("enum").valueStream().noneMatch(value::equals)) {
			return false;
		}
		if (schema.get("type") != null && !isOfType(value, schema)) {
			return false;
		}
		children(value, schema, place);
		return true;
	}

	private boolean holdsAny(@Nullable JsonNode value, JsonNode any, String place) {
		IllegalArgumentException inside = null;
		for (JsonNode one : any) {
			if (isMarkedOtherwise(value, resolve(one))) {
				continue;
			}
			try {
				if (holds(value, one, place)) {
					return true;
				}
			}
			catch (IllegalArgumentException ex) {
				inside = ex;
			}
		}
		if (inside != null && value != null && !value.isNull()) {
			throw inside;
		}
		return false;
	}

	/** Whether an object names another type than the schema's. */
	private static boolean isMarkedOtherwise(@Nullable JsonNode value, JsonNode schema) {
		return value != null && value.isObject()
				&& schema.path("properties")
					.properties()
					.stream()
					.anyMatch((property) -> property.getValue().has("const") && value.has(property.getKey())
							&& !property.getValue().get("const").equals(value.get(property.getKey())));
	}

	private JsonNode resolve(JsonNode schema) {
		JsonNode reference = schema.get("$ref");
		if (reference == null) {
			return schema;
		}
		String pointer = reference.asString().substring(1);
		return pointer.isEmpty() ? this.root : this.root.at(pointer);
	}

	private void children(JsonNode value, JsonNode schema, String place) {
		JsonNode properties = schema.get("properties");
		if (properties != null && value.isObject()) {
			for (Map.Entry<String, JsonNode> property : properties.properties()) {
				if (value.get(property.getKey()) == null && !isRequired(schema, property.getKey())) {
					continue;
				}
				check(value.get(property.getKey()), property.getValue(), inside(place, property.getKey()));
			}
		}
		JsonNode others = schema.get("additionalProperties");
		if (others != null && others.isObject() && value.isObject()) {
			value.properties().forEach((entry) -> check(entry.getValue(), others, inside(place, entry.getKey())));
		}
		JsonNode items = schema.get("items");
		if (items != null && value.isArray()) {
			for (int i = 0; i < value.size(); i++) {
				check(value.get(i), items, place + "[" + i + "]");
			}
		}
	}

	private static boolean isRequired(JsonNode schema, String property) {
		JsonNode required = schema.get("required");
		return required != null && required.valueStream().anyMatch((one) -> one.asString().equals(property));
	}

	private static String inside(String place, String name) {
		return place.isEmpty() ? name : place + "." + name;
	}

	private static boolean isOfType(JsonNode value, JsonNode schema) {
		return switch (value.getNodeType()) {
			case OBJECT -> allows(schema, "object");
			case ARRAY -> allows(schema, "array");
			case STRING -> allows(schema, "string");
			case BOOLEAN -> allows(schema, "boolean");
			case NUMBER -> allows(schema, "number") || (allows(schema, "integer") && isWhole(value));
			default -> false;
		};
	}

	private static boolean isWhole(JsonNode value) {
		return value.isIntegralNumber() || value.decimalValue().stripTrailingZeros().scale() <= 0;
	}

	private static boolean allows(JsonNode schema, String type) {
		JsonNode types = schema.get("type");
		return types != null && (types.isArray() ? types.valueStream().anyMatch((one) -> one.asString().equals(type))
				: types.asString().equals(type));
	}

}
