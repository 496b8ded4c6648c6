package io.arcllm.provider.json;

import java.lang.reflect.Modifier;
import java.util.Comparator;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.introspect.AnnotatedClassResolver;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.node.ObjectNode;

/**
 * The subtypes of a base type, and how JSON tells them apart, as Jackson reads them:
 * annotated ones, and those that a sealed type permits.
 *
 * @param mapper reads the types
 */
record KindsOfType(JsonMapper mapper) {

	/**
	 * The types that can be instantiated, except the type itself, in the order of their
	 * names, so that equal requests give equal bytes.
	 */
	List<Class<?>> below(Class<?> type) {
		SerializationContext context = context();
		if (context == null || context.findTypeSerializer(this.mapper.constructType(type)) == null) {
			return List.of();
		}
		SerializationConfig config = this.mapper.serializationConfig();
		JavaType known = this.mapper.constructType(type);
		return config.getSubtypeResolver()
			.collectAndResolveSubtypesByClass(config, AnnotatedClassResolver.resolve(config, known, config))
			.stream()
			.<Class<?>>map(NamedType::getType)
			.filter((one) -> one != type && type.isAssignableFrom(one) && isMade(one))
			.distinct()
			.sorted(Comparator.comparing(Class::getName))
			.toList();
	}

	static boolean isMade(Class<?> type) {
		return !Modifier.isAbstract(type.getModifiers());
	}

	/** Adds the property that tells the type of an object. */
	void mark(Class<?> type, ObjectNode schema) {
		SerializationContext context = context();
		TypeSerializer types = (context == null) ? null : context.findTypeSerializer(this.mapper.constructType(type));
		if (context == null || types == null || types.getTypeIdResolver() == null
				|| types.getTypeIdResolver().getMechanism() == JsonTypeInfo.Id.DEDUCTION) {
			return;
		}
		String id = types.getTypeIdResolver().idFromValueAndType(context, null, type);
		switch (types.getTypeInclusion()) {
			case PROPERTY, EXISTING_PROPERTY -> property(schema, types.getPropertyName(), id);
			case WRAPPER_OBJECT -> wrap(schema, id);
			default -> throw new IllegalArgumentException(type.getName()
					+ " cannot be asked for: its @JsonTypeInfo must include the type as a property or as a wrapper object");
		}
	}

	/** Adds the property before the others, because models decide it first. */
	private static void property(ObjectNode schema, String name, String id) {
		ObjectNode properties = schema.objectNode();
		properties.putObject(name).put("type", "string").put("const", id);
		if (schema.get("properties") instanceof ObjectNode others) {
			others.remove(name);
			properties.setAll(others);
		}
		schema.put("type", "object").set("properties", properties);
		schema.putArray("required").addAll(properties.propertyNames().stream().map(schema::stringNode).toList());
		schema.put("additionalProperties", false);
	}

	private static void wrap(ObjectNode schema, String id) {
		ObjectNode wrapped = schema.objectNode();
		wrapped.setAll(schema);
		schema.removeAll();
		schema.put("type", "object").putObject("properties").set(id, wrapped);
		schema.putArray("required").add(id);
		schema.put("additionalProperties", false);
	}

	/** The context that Jackson gives to visitors. */
	private @Nullable SerializationContext context() {
		JsonFormatVisitorWrapper.Base visitor = new JsonFormatVisitorWrapper.Base();
		this.mapper.acceptJsonFormatVisitor(Object.class, visitor);
		return visitor.getContext();
	}

}
