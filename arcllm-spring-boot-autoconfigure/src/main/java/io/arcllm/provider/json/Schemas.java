package io.arcllm.provider.json;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.arcllm.Tool;
import org.jspecify.annotations.Nullable;

/**
 * JSON schemas as vendors need them: complete if a tool has no parameters, and closed if
 * they are strict. Fields keep their order, so that equal requests give equal bytes.
 */
public final class Schemas {

	private static final Map<String, Object> NO_PARAMETERS = noParameters(false);

	private static final Map<String, Object> NO_PARAMETERS_STRICT = noParameters(true);

	/** The keywords of nested schemas: by name, in a list, single. */
	private static final List<String> NAMED = List.of("properties", "$defs", "definitions", "patternProperties");

	private static final List<String> LISTED = List.of("anyOf", "oneOf", "allOf", "prefixItems");

	private Schemas() {
	}

	private static Map<String, Object> noParameters(boolean strict) {
		Map<String, Object> schema = new LinkedHashMap<>();
		schema.put("type", "object");
		schema.put("properties", Map.of());
		if (strict) {
			schema.put("required", List.of());
			schema.put("additionalProperties", false);
		}
		return Collections.unmodifiableMap(schema);
	}

	/** The schema of a tool's arguments, which must be an object. */
	public static Map<String, Object> parameters(Tool tool) {
		boolean strict = Boolean.TRUE.equals(tool.strict());
		if (tool.parameters().isEmpty()) {
			return strict ? NO_PARAMETERS_STRICT : NO_PARAMETERS;
		}
		Map<String, Object> whole = whole(tool.parameters());
		return strict ? closed(whole) : whole;
	}

	/** Completes a schema that lacks its type or its properties. */
	private static Map<String, Object> whole(Map<String, Object> schema) {
		boolean elsewhere = schema.containsKey("$ref") || LISTED.stream().anyMatch(schema::containsKey);
		boolean typed = schema.containsKey("type");
		boolean filled = schema.containsKey("properties") || (typed && !"object".equals(schema.get("type")));
		if (elsewhere || (typed && filled)) {
			return schema;
		}
		Map<String, Object> whole = new LinkedHashMap<>(schema);
		whole.putIfAbsent("type", "object");
		if (!filled) {
			whole.put("properties", Map.of());
		}
		return whole;
	}

	/**
	 * The schema with {@code additionalProperties: false} in every object that does not
	 * set it, and {@code required: []} if nothing is required; the same object if nothing
	 * has to be added.
	 */
	@SuppressWarnings("unchecked")
	public static Map<String, Object> closed(Map<String, Object> schema) {
		Object closed = closedAny(schema);
		return (closed == null) ? schema : (Map<String, Object>) closed;
	}

	private static @Nullable Object closedAny(@Nullable Object value) {
		if (!(value instanceof Map<?, ?> schema)) {
			return value;
		}
		Map<Object, @Nullable Object> changed = null;
		for (Map.Entry<?, ?> entry : schema.entrySet()) {
			Object before = entry.getValue();
			Object after = closedPart(String.valueOf(entry.getKey()), before);
			if (after != before) {
				changed = (changed == null) ? new LinkedHashMap<>(schema) : changed;
				changed.put(entry.getKey(), after);
			}
		}
		if (schema.get("properties") instanceof Map<?, ?> none && none.isEmpty() && !schema.containsKey("required")) {
			changed = (changed == null) ? new LinkedHashMap<>(schema) : changed;
			changed.put("required", List.of());
		}
		if (isObject(schema) && !schema.containsKey("additionalProperties")) {
			changed = (changed == null) ? new LinkedHashMap<>(schema) : changed;
			changed.put("additionalProperties", false);
		}
		return (changed == null) ? schema : changed;
	}

	private static @Nullable Object closedPart(String key, @Nullable Object part) {
		if (part instanceof Map<?, ?> named && NAMED.contains(key)) {
			Map<Object, @Nullable Object> changed = null;
			for (Map.Entry<?, ?> entry : named.entrySet()) {
				Object after = closedAny(entry.getValue());
				if (after != entry.getValue()) {
					changed = (changed == null) ? new LinkedHashMap<>(named) : changed;
					changed.put(entry.getKey(), after);
				}
			}
			return (changed == null) ? part : changed;
		}
		if (part instanceof List<?> list && LISTED.contains(key)) {
			List<?> after = list.stream().map(Schemas::closedAny).toList();
			return isSame(list, after) ? part : after;
		}
		return key.equals("items") ? closedAny(part) : part;
	}

	private static boolean isSame(List<?> before, List<?> after) {
		for (int i = 0; i < before.size(); i++) {
			if (before.get(i) != after.get(i)) {
				return false;
			}
		}
		return true;
	}

	private static boolean isObject(Map<?, ?> schema) {
		return "object".equals(schema.get("type")) || schema.get("properties") instanceof Map<?, ?>;
	}

	/**
	 * Whether a part of the schema may be anything, or have properties of any name, as a
	 * map has. OpenAI enforces no such schema.
	 */
	public static boolean hasOpenObjects(@Nullable Object value) {
		if (value instanceof Collection<?> list) {
			return list.stream().anyMatch(Schemas::hasOpenObjects);
		}
		if (!(value instanceof Map<?, ?> schema)) {
			return false;
		}
		Object named = schema.get("properties");
		Object others = schema.get("additionalProperties");
		boolean aProperty = named instanceof Map<?, ?> names && names.containsKey("additionalProperties");
		return ((others instanceof Map<?, ?> || Boolean.TRUE.equals(others)) && !aProperty)
				|| (named instanceof Map<?, ?> names && names.values().stream().anyMatch(Schemas::isAnything))
				|| isAnything(schema.get("items")) || schema.values().stream().anyMatch(Schemas::hasOpenObjects);
	}

	private static boolean isAnything(@Nullable Object schema) {
		return schema instanceof Map<?, ?> said && said.isEmpty();
	}

	/**
	 * Whether every object in the schema requires all of its properties; OpenAI enforces
	 * no other schema.
	 */
	public static boolean requiresAll(@Nullable Object value) {
		if (value instanceof Collection<?> list) {
			return list.stream().allMatch(Schemas::requiresAll);
		}
		if (!(value instanceof Map<?, ?> schema)) {
			return true;
		}
		if (schema.get("properties") instanceof Map<?, ?> properties && !properties.isEmpty()) {
			boolean all = schema.get("required") instanceof Collection<?> required
					&& required.containsAll(properties.keySet());
			if (!all) {
				return false;
			}
		}
		return schema.values().stream().allMatch(Schemas::requiresAll);
	}

}
