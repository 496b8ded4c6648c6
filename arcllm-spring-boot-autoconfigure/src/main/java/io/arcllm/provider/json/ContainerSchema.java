package io.arcllm.provider.json;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.classmate.TypeResolver;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Schemas of lists, arrays, maps and optional values, nested to any depth, with the nulls
 * that annotations allow at each place.
 *
 * @param parts makes the schemas of the innermost types
 */
record ContainerSchema(Function<ResolvedType, ObjectNode> parts) {

	private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

	/** The generator handles subclasses of the application. */
	static boolean isContainer(ResolvedType type) {
		Class<?> erased = type.getErasedType();
		return (type.isArray() && erased != byte[].class && erased != char[].class) || Nullness.isOptional(erased)
				|| erased == Iterable.class || (erased.getName().startsWith("java.util.")
						&& (Collection.class.isAssignableFrom(erased) || Map.class.isAssignableFrom(erased)));
	}

	/**
	 * The schema of a type, without whether the value itself may be null.
	 * @param annotated the type with its annotations, if these are known
	 */
	ObjectNode of(ResolvedType type, @Nullable AnnotatedType annotated) {
		Class<?> erased = type.getErasedType();
		if (!isContainer(type)) {
			return this.parts.apply(type);
		}
		if (Nullness.OPTIONAL_NUMBERS.containsKey(erased)) {
			return this.parts.apply(new TypeResolver().resolve(Nullness.OPTIONAL_NUMBERS.get(erased)));
		}
		if (erased == Optional.class) {
			return of(held(type, Optional.class, 0), element(annotated));
		}
		ObjectNode schema = NODES.objectNode();
		if (Map.class.isAssignableFrom(erased)) {
			ResolvedType value = held(type, Map.class, 1);
			schema.put("type", "object");
			return (value.getErasedType() == Object.class) ? schema.put("additionalProperties", true)
					: schema.set("additionalProperties", part(value, element(annotated)));
		}
		ResolvedType element = type.isArray() ? type.getArrayElementType() : held(type, Iterable.class, 0);
		return schema.put("type", "array").set("items", part(element, element(annotated)));
	}

	private ObjectNode part(ResolvedType type, @Nullable AnnotatedType annotated) {
		ObjectNode schema = of(type, annotated);
		boolean nullable = Nullness.isOptional(type.getErasedType()) || Nullness.isNullable(annotated);
		return (nullable && type.getErasedType() != Object.class) ? nullable(schema) : schema;
	}

	private static ResolvedType held(ResolvedType type, Class<?> container, int index) {
		List<ResolvedType> parameters = type.typeParametersFor(container);
		return (parameters == null || parameters.size() <= index) ? new TypeResolver().resolve(Object.class)
				: parameters.get(index);
	}

	/** The element type of a list, array, map or optional value. */
	private static @Nullable AnnotatedType element(@Nullable AnnotatedType type) {
		if (type instanceof AnnotatedArrayType array) {
			return array.getAnnotatedGenericComponentType();
		}
		AnnotatedType[] arguments = (type instanceof AnnotatedParameterizedType parameterized)
				? parameterized.getAnnotatedActualTypeArguments() : new AnnotatedType[0];
		return (arguments.length == 0) ? null : arguments[arguments.length - 1];
	}

	/** The same schema, which also accepts null. */
	static ObjectNode nullable(ObjectNode schema) {
		if (schema.path("type").isString() && schema.get("enum") == null) {
			return schema.set("type", NODES.arrayNode().add(schema.get("type").asString()).add("null"));
		}
		ObjectNode either = NODES.objectNode();
		either.putArray("anyOf").add(NODES.objectNode().put("type", "null")).add(schema);
		return either;
	}

}
