package io.arcllm.provider.json;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a schema with the keywords that every vendor with structured answers takes:
 * OpenAI refuses other keywords beside a reference, and formats that it does not know
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
		requireEnd(root, root, "", new ArrayDeque<>(List.of("#")));
		return root;
	}

	/** Replaces a root that only refers to a definition by that definition. */
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
			merge(object);
			if (object.get("format") != null && object.get("format").isString()
					&& !FORMATS.contains(object.get("format").asString())) {
				object.remove("format");
			}
			if (object.get(REFERENCE) != null && object.get(REFERENCE).isString() && object.size() > 1) {
				JsonNode reference = object.remove(REFERENCE);
				object.putArray("anyOf").addObject().set(REFERENCE, reference);
			}
			if (object.path("additionalProperties").isBoolean() && !object.path("type").toString().contains("object")) {
				object.remove("additionalProperties");
			}
			access(object);
		}
		if (node instanceof ObjectNode || node instanceof ArrayNode) {
			List.copyOf(node.values()).forEach(PortableSchema::rewrite);
		}
		if (node instanceof ObjectNode object) {
			flatten(object);
		}
	}

	/** Flattens a choice inside a choice. */
	private static void flatten(ObjectNode object) {
		if (!(object.get("anyOf") instanceof ArrayNode choices)) {
			return;
		}
		for (int i = choices.size() - 1; i >= 0; i--) {
			JsonNode choice = choices.get(i);
			boolean described = choice.has("description");
			if (choice.get("anyOf") instanceof ArrayNode inner && choice.size() == (described ? 2 : 1)) {
				choices.remove(i);
				for (int k = inner.size() - 1; k >= 0; k--) {
					choices.insert(i, inner.get(k));
				}
				if (described && !object.has("description")) {
					object.set("description", choice.get("description"));
				}
			}
		}
	}

	/** Removes readOnly and writeOnly, which mean nothing to a vendor. */
	private static void access(ObjectNode object) {
		for (String word : List.of("readOnly", "writeOnly")) {
			if (object.path(word).isBoolean()) {
				object.remove(word);
			}
		}
	}

	/**
	 * Refuses an object that must contain another one of its own type, because no answer
	 * could end.
	 * @param within the references that led here
	 */
	private static void requireEnd(JsonNode schema, JsonNode root, String place, Deque<String> within) {
		String reference = schema.path(REFERENCE).asString("");
		if (!reference.isEmpty()) {
			if (within.contains(reference)) {
				throw new IllegalArgumentException("No answer could end: '" + place
						+ "' holds another of its own type, and so on; make it @Nullable, Optional or a list");
			}
			within.push(reference);
			requireEnd((reference.length() == 1) ? root : root.at(reference.substring(1)), root, place, within);
			within.pop();
			return;
		}
		schema.path("properties")
			.properties()
			.forEach((property) -> requireEnd(property.getValue(), root,
					place.isEmpty() ? property.getKey() : place + "." + property.getKey(), within));
		if (schema.path("anyOf").size() == 1) {
			requireEnd(schema.get("anyOf").get(0), root, place, within);
		}
	}

	/**
	 * Merges the parts of a composed schema into one object, such as unwrapped
	 * properties.
	 */
	private static void merge(ObjectNode object) {
		if (!(object.get("allOf") instanceof ArrayNode parts)
				|| !parts.valueStream().allMatch((part) -> part.path("properties").isObject())) {
			return;
		}
		object.remove("allOf");
		object.put("type", "object");
		for (JsonNode part : parts) {
			ObjectNode properties = object.withObjectProperty("properties");
			ArrayNode required = object.withArrayProperty("required");
			part.get("properties").properties().forEach((property) -> {
				if (!properties.has(property.getKey())) {
					properties.set(property.getKey(), property.getValue());
					required.add(property.getKey());
				}
			});
		}
		object.put("additionalProperties", false);
	}

	/** Gives a constant its type, and a nullable enum the value null. */
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
