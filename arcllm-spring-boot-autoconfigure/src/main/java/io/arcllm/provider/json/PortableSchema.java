package io.arcllm.provider.json;

import java.util.List;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a schema in the words that every vendor with structured answers takes: OpenAI
 * refuses other words beside a reference, and formats that it does not know
 * (platform.openai.com/docs/guides/structured-outputs).
 */
final class PortableSchema {

	private static final Set<String> FORMATS = Set.of("date-time", "time", "date", "duration", "email", "hostname",
			"ipv4", "ipv6", "uuid");

	private static final String REFERENCE = "$ref";

	private static final String DEFINITIONS = "$defs";

	private PortableSchema() {
	}

	/** The same schema, changed. */
	static ObjectNode of(ObjectNode schema) {
		ObjectNode root = withoutReference(schema);
		rewrite(root);
		return root;
	}

	/** A root that only points to a definition takes its place. */
	private static ObjectNode withoutReference(ObjectNode root) {
		String reference = root.path(REFERENCE).asString("");
		if (!reference.startsWith("#/") || !(root.at(reference.substring(1)) instanceof ObjectNode meant)) {
			return root;
		}
		ObjectNode copy = meant.deepCopy();
		copy.set(DEFINITIONS, root.get(DEFINITIONS));
		return copy;
	}

	private static void rewrite(JsonNode node) {
		if (node instanceof ObjectNode object) {
			constants(object);
			if (object.get("format") != null && object.get("format").isString()
					&& !FORMATS.contains(object.get("format").asString())) {
				object.remove("format");
			}
			if (object.get("anyOf") != null && object.get("properties") == null) {
				object.remove("additionalProperties");
			}
			if (object.get(REFERENCE) != null && object.get(REFERENCE).isString() && object.size() > 1) {
				JsonNode reference = object.remove(REFERENCE);
				object.putArray("anyOf").addObject().set(REFERENCE, reference);
			}
		}
		if (node instanceof ObjectNode || node instanceof ArrayNode) {
			List.copyOf(node.values()).forEach(PortableSchema::rewrite);
		}
	}

	/** A constant has its type beside it, and a choice that may be null names null. */
	private static void constants(ObjectNode object) {
		if (object.path("const").isString() && object.get("type") == null) {
			object.put("type", "string");
		}
		if (object.get("enum") instanceof ArrayNode choices && object.path("type").isArray()
				&& object.path("type").valueStream().anyMatch((type) -> type.asString("").equals("null"))
				&& choices.valueStream().noneMatch(JsonNode::isNull)) {
			choices.addNull();
		}
	}

}
