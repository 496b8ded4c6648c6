package io.arcllm.test.vendor;

import java.util.Locale;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes up a value that fits a JSON schema: tool arguments and structured answers.
 *
 * @param words the value of other strings
 * @param place the value of strings that name a place
 */
record SchemaFiller(String words, String place) {

	private static final int DEEPEST = 8;

	private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

	/** Whether a property of that name is for a place. */
	static boolean isPlace(String name) {
		return name.toLowerCase(Locale.ROOT).matches(".*(location|city|place|town|country).*");
	}

	JsonNode fill(JsonNode schema) {
		return fill("", schema, schema, 0);
	}

	private JsonNode fill(String name, JsonNode schema, JsonNode root, int depth) {
		if (schema.path("$ref").asString("").startsWith("#/") && depth < DEEPEST) {
			return fill(name, root.at(schema.path("$ref").asString("").substring(1)), root, depth + 1);
		}
		if (schema.has("const")) {
			return schema.path("const");
		}
		for (String choice : new String[] { "enum", "examples" }) {
			if (schema.path(choice).size() > 0) {
				return schema.path(choice).path(0);
			}
		}
		for (String choice : new String[] { "anyOf", "oneOf", "allOf" }) {
			if (schema.path(choice).size() > 0) {
				return fill(name, schema.path(choice).path(0), root, depth + 1);
			}
		}
		JsonNode type = schema.path("type");
		String kind = type.isArray() ? type.path(0).asString("") : type.asString("object");
		return switch (kind) {
			case "string" -> NODES.stringNode(isPlace(name) ? this.place : this.words);
			case "integer" -> NODES.numberNode(schema.path("minimum").asInt(1));
			case "number" -> NODES.numberNode(schema.path("minimum").asDouble(1.5));
			case "boolean" -> NODES.booleanNode(true);
			case "null" -> NODES.nullNode();
			case "array" -> (depth < DEEPEST) ? NODES.arrayNode().add(fill(name, schema.path("items"), root, depth + 1))
					: NODES.arrayNode();
			default -> object(schema, root, depth);
		};
	}

	private ObjectNode object(JsonNode schema, JsonNode root, int depth) {
		ObjectNode object = NODES.objectNode();
		if (depth < DEEPEST) {
			for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
				object.set(property.getKey(), fill(property.getKey(), property.getValue(), root, depth + 1));
			}
		}
		return object;
	}

}
