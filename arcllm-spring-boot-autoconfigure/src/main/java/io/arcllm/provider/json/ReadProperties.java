package io.arcllm.provider.json;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Array;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIncludeProperties;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.TypeContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.introspect.ClassIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.util.ReflectionUtils;

/**
 * The properties that Jackson reads into a type: by setters, constructors, factories and
 * builders, whatever its fields are.
 *
 * @param mapper reads them
 */
record ReadProperties(JsonMapper mapper) {

	/**
	 * Keeps those properties of an object that are read, and adds the others that are.
	 * @throws IllegalArgumentException if the type has fields and no property is read
	 */
	void settle(ResolvedType type, ObjectNode schema, SchemaGenerationContext context) {
		Map<String, BeanPropertyDefinition> read = of(type);
		if (read == null) {
			return;
		}
		ObjectNode properties = schema.withObjectProperty("properties");
		List.copyOf(properties.propertyNames())
			.stream()
			.filter((name) -> !read.containsKey(name))
			.forEach(properties::remove);
		read.forEach((name, property) -> {
			if (!properties.has(name) && !isUnwrapped(property)) {
				properties.set(name, schema(property, context));
			}
		});
		if (read.isEmpty()) {
			requireNoFields(type.getErasedType());
		}
		ArrayNode required = schema.putArray("required");
		properties.propertyNames().forEach(required::add);
	}

	/** The type that is made where this one is declared: {@code @JsonDeserialize(as)}. */
	Class<?> made(Class<?> type) {
		JavaType known = this.mapper.constructType(type);
		AnnotatedClass annotated = config().classIntrospectorInstance().introspectClassAnnotations(known);
		return annotations().refineDeserializationType(config(), annotated, known).getRawClass();
	}

	private static void requireNoFields(Class<?> type) {
		List<String> fields = new ArrayList<>();
		ReflectionUtils.doWithFields(type, (field) -> fields.add(field.getName()),
				(field) -> !Modifier.isStatic(field.getModifiers()) && !field.isSynthetic());
		if (!fields.isEmpty()) {
			throw new IllegalArgumentException(type.getName() + " cannot be asked for: nothing sets its fields "
					+ String.join(", ", fields) + "; add setters, or make it a record");
		}
	}

	/** By their names; {@code null} where something else than Jackson reads the type. */
	private @Nullable Map<String, BeanPropertyDefinition> of(ResolvedType type) {
		DeserializationConfig config = this.mapper.deserializationConfig();
		AnnotationIntrospector annotations = config.getAnnotationIntrospector();
		ClassIntrospector classes = config.classIntrospectorInstance();
		JavaType known = known(type);
		AnnotatedClass annotated = classes.introspectClassAnnotations(known);
		if (annotations.findDeserializer(config, annotated) != null) {
			return null;
		}
		JsonFormat.Value format = annotations.findFormat(config, annotated);
		if (format != null && format.getShape() == JsonFormat.Shape.ARRAY) {
			throw new IllegalArgumentException(type.getErasedType().getName()
					+ " cannot be asked for: its @JsonFormat makes it an array without names");
		}
		BeanDescription description = classes.introspectForDeserialization(known, annotated);
		Class<?> builder = annotations.findPOJOBuilder(config, annotated);
		if (builder != null) {
			description = classes.introspectForDeserializationWithBuilder(this.mapper.constructType(builder),
					description);
		}
		Set<String> ignored = config.getDefaultPropertyIgnorals(type.getErasedType(), annotated)
			.findIgnoredForDeserialization();
		JsonIncludeProperties.Value included = config.getDefaultPropertyInclusions(type.getErasedType(), annotated);
		Map<String, BeanPropertyDefinition> read = new LinkedHashMap<>();
		for (BeanPropertyDefinition property : description.findProperties()) {
			boolean named = !ignored.contains(property.getName()) && (included == null || included.getIncluded() == null
					|| included.getIncluded().contains(property.getName()));
			if (named && isRead(property) && !isIgnoredComponent(type.getErasedType(), property.getInternalName())) {
				requireKnownType(type, property);
				read.put(property.getName(), property);
			}
		}
		return read;
	}

	private boolean isRead(BeanPropertyDefinition property) {
		AnnotationIntrospector.ReferenceProperty reference = property.findReferenceType();
		return property.couldDeserialize() && (reference == null || !reference.isBackReference())
				&& annotations().findInjectableValue(config(), property.getPrimaryMember()) == null;
	}

	/** Jackson gives a record {@code null} for it. */
	private static boolean isIgnoredComponent(Class<?> type, String name) {
		return type.isRecord() && Arrays.stream(type.getRecordComponents())
			.filter((component) -> component.getName().equals(name))
			.map((component) -> component.getAccessor().getAnnotation(JsonIgnore.class))
			.anyMatch((ignore) -> ignore != null && ignore.value());
	}

	private boolean isUnwrapped(BeanPropertyDefinition property) {
		return annotations().findUnwrappingNameTransformer(config(), property.getPrimaryMember()) != null;
	}

	private void requireKnownType(ResolvedType type, BeanPropertyDefinition property) {
		if (annotations().findPolymorphicTypeInfo(config(), property.getPrimaryMember()) != null) {
			throw new IllegalArgumentException(type.getErasedType().getName() + "." + property.getName()
					+ " cannot be asked for: its @JsonTypeInfo must stand on the type, not on the property");
		}
	}

	private DeserializationConfig config() {
		return this.mapper.deserializationConfig();
	}

	private AnnotationIntrospector annotations() {
		return config().getAnnotationIntrospector();
	}

	private ObjectNode schema(BeanPropertyDefinition property, SchemaGenerationContext context) {
		AnnotatedMember member = property.getPrimaryMember();
		ResolvedType type = resolved(property.getPrimaryType(), context.getTypeContext());
		AnnotatedType written = written(member);
		ObjectNode schema = new ContainerSchema(context::createDefinitionReference).of(type, written);
		String description = property.getMetadata().getDescription();
		if (description != null) {
			schema.put("description", description);
		}
		return Nullness.isNullable(element(member), written, type.getErasedType()) ? ContainerSchema.nullable(schema)
				: schema;
	}

	/** Of a setter its parameter. */
	private static AnnotatedElement element(AnnotatedMember member) {
		if (member instanceof AnnotatedParameter parameter) {
			return ((Executable) parameter.getMember()).getParameters()[parameter.getIndex()];
		}
		return (member.getMember() instanceof Executable setter) ? setter.getParameters()[0]
				: (Field) member.getMember();
	}

	private static AnnotatedType written(AnnotatedMember member) {
		if (member instanceof AnnotatedParameter parameter) {
			return ((Executable) parameter.getMember()).getAnnotatedParameterTypes()[parameter.getIndex()];
		}
		return (member.getMember() instanceof Executable setter) ? setter.getAnnotatedParameterTypes()[0]
				: ((Field) member.getMember()).getAnnotatedType();
	}

	private JavaType known(ResolvedType type) {
		JavaType[] parameters = type.getTypeParameters().stream().map(this::known).toArray(JavaType[]::new);
		return (parameters.length == 0) ? this.mapper.constructType(type.getErasedType())
				: this.mapper.getTypeFactory().constructParametricType(type.getErasedType(), parameters);
	}

	private static ResolvedType resolved(JavaType type, TypeContext context) {
		if (type.isArrayType()) {
			return context.resolve(Array.newInstance(type.getContentType().getRawClass(), 0).getClass());
		}
		return context.resolve(type.getRawClass(),
				type.getBindings()
					.getTypeParameters()
					.stream()
					.map((parameter) -> resolved(parameter, context))
					.toArray(ResolvedType[]::new));
	}

}
