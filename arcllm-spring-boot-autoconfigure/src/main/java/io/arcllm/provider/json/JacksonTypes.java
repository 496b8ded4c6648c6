package io.arcllm.provider.json;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomDefinition.AttributeInclusion;
import com.github.victools.jsonschema.generator.CustomDefinition.DefinitionType;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.MemberScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonSchemaModule;
import io.arcllm.JsonTypes;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes schemas with victools' generator and reads with Jackson, by Jackson's
 * annotations.
 */
public final class JacksonTypes implements JsonTypes {

	private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {
	};

	private static final Map<Class<?>, Class<?>> OPTIONAL_NUMBERS = Map.of(OptionalInt.class, Integer.class,
			OptionalLong.class, Long.class, OptionalDouble.class, Double.class);

	private final JsonMapper mapper = JsonMapper.builder()
		.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.build();

	private final SchemaGenerator generator;

	/** Kept with the types, so that none outlives its class. */
	private final ClassValue<ObjectNode> ofTypes = new ClassValue<>() {

		@Override
		protected ObjectNode computeValue(Class<?> type) {
			return node((Type) type);
		}

	};

	private final ClassValue<Map<Method, ObjectNode>> ofMethods = new ClassValue<>() {

		@Override
		protected Map<Method, ObjectNode> computeValue(Class<?> type) {
			return new ConcurrentHashMap<>();
		}

	};

	public JacksonTypes() {
		SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12,
				OptionPreset.PLAIN_JSON)
			.with(new JacksonSchemaModule())
			.with(Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT, Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES,
					Option.FLATTENED_OPTIONALS, Option.INLINE_NULLABLE_SCHEMAS, Option.PLAIN_DEFINITION_KEYS,
					Option.STANDARD_FORMATS, Option.NULLABLE_ARRAY_ITEMS_ALLOWED)
			.without(Option.SCHEMA_VERSION_INDICATOR);
		config.forFields()
			.withRequiredCheck((field) -> true)
			.withNullableCheck(JacksonTypes::isNullable)
			.withTargetTypeOverridesResolver(JacksonTypes::plain);
		config.forTypesInGeneral()
			.withPropertySorter(Comparator.comparingInt(JacksonTypes::place))
			.withCustomDefinitionProvider((type, context) -> definition(type.getErasedType()));
		this.generator = new SchemaGenerator(config.build());
	}

	/** As declared, since models think in that order; the annotation goes before. */
	private static int place(MemberScope<?, ?> member) {
		JsonPropertyOrder order = member.getDeclaringType().getErasedType().getAnnotation(JsonPropertyOrder.class);
		int place = (order == null) ? -1 : List.of(order.value()).indexOf(member.getName());
		return (place < 0) ? Integer.MAX_VALUE : place;
	}

	/** What Jackson writes for it, where the generator does not know that. */
	private @Nullable CustomDefinition definition(Class<?> type) {
		ObjectNode schema = this.mapper.createObjectNode();
		if (type.isEnum()) {
			ArrayNode names = schema.put("type", "string").putArray("enum");
			for (Object constant : type.getEnumConstants()) {
				names.add(this.mapper.<JsonNode>valueToTree(constant));
			}
		}
		else if (type == byte[].class) {
			schema.put("type", "string");
		}
		else if (type == byte.class || type == Byte.class) {
			schema.put("type", "integer");
		}
		return schema.isEmpty() ? null : new CustomDefinition(schema, DefinitionType.INLINE, AttributeInclusion.YES);
	}

	private static boolean isNullable(FieldScope field) {
		AnnotatedType type = field.getRawMember().getAnnotatedType();
		if (field.isFakeContainerItemScope()) {
			return isNullable(List.of(element(type).getAnnotations()));
		}
		return isNullable(field.getRawMember(), type) || isOptional(field.getRawMember().getType());
	}

	/** What a list, array or map of that type holds. */
	private static AnnotatedType element(AnnotatedType type) {
		if (type instanceof AnnotatedArrayType array) {
			return array.getAnnotatedGenericComponentType();
		}
		AnnotatedType[] arguments = (type instanceof AnnotatedParameterizedType parameterized)
				? parameterized.getAnnotatedActualTypeArguments() : new AnnotatedType[0];
		return (arguments.length == 0) ? type : arguments[arguments.length - 1];
	}

	private static boolean isOptional(Class<?> type) {
		return type == Optional.class || OPTIONAL_NUMBERS.containsKey(type);
	}

	/** The number in an optional one. */
	private static @Nullable List<ResolvedType> plain(FieldScope field) {
		Class<?> number = field.isFakeContainerItemScope() ? null
				: OPTIONAL_NUMBERS.get(field.getType().getErasedType());
		return (number == null) ? null : List.of(field.getContext().resolve(number));
	}

	/** By an annotation of that name, whosever it is. */
	private static boolean isNullable(AnnotatedElement element, AnnotatedType type) {
		return isNullable(List.of(element.getAnnotations())) || isNullable(List.of(type.getAnnotations()));
	}

	private static boolean isNullable(List<Annotation> annotations) {
		return annotations.stream()
			.anyMatch((annotation) -> annotation.annotationType().getSimpleName().equals("Nullable"));
	}

	@Override
	public Map<String, Object> schema(Class<?> type) {
		return this.mapper.convertValue(this.ofTypes.get(type), OBJECT);
	}

	private ObjectNode node(Type type) {
		return PortableSchema.of(this.generator.generateSchema(type));
	}

	@Override
	public Map<String, Object> schema(Method method) {
		return this.mapper.convertValue(kept(method), OBJECT);
	}

	private ObjectNode kept(Method method) {
		return this.ofMethods.get(method.getDeclaringClass()).computeIfAbsent(method, this::node);
	}

	private ObjectNode node(Method method) {
		ObjectNode schema = this.mapper.createObjectNode();
		schema.put("type", "object");
		ObjectNode properties = schema.putObject("properties");
		ArrayNode required = schema.putArray("required");
		ObjectNode definitions = this.mapper.createObjectNode();
		for (Parameter parameter : method.getParameters()) {
			Class<?> number = OPTIONAL_NUMBERS.get(parameter.getType());
			ObjectNode one = node((number != null) ? number : parameter.getParameterizedType());
			if (one.remove("$defs") instanceof ObjectNode own) {
				definitions.setAll(own);
			}
			JsonPropertyDescription description = parameter.getAnnotation(JsonPropertyDescription.class);
			if (description != null) {
				one.put("description", description.value());
			}
			properties.set(name(parameter), isNullable(parameter) ? nullable(one) : one);
			required.add(name(parameter));
		}
		schema.put("additionalProperties", false);
		if (!definitions.isEmpty()) {
			schema.set("$defs", definitions);
		}
		return schema;
	}

	private ObjectNode nullable(ObjectNode schema) {
		if (schema.get("type") != null && schema.get("type").isString()) {
			return schema.set("type", this.mapper.createArrayNode().add(schema.get("type").asString()).add("null"));
		}
		ObjectNode either = this.mapper.createObjectNode();
		either.putArray("anyOf").add(this.mapper.createObjectNode().put("type", "null")).add(schema);
		return either;
	}

	private static boolean isNullable(Parameter parameter) {
		return isOptional(parameter.getType()) || isNullable(parameter, parameter.getAnnotatedType());
	}

	private static String name(Parameter parameter) {
		JsonProperty said = parameter.getAnnotation(JsonProperty.class);
		if (said != null && !said.value().isEmpty()) {
			return said.value();
		}
		if (!parameter.isNamePresent()) {
			throw new IllegalArgumentException("The names of the parameters of " + parameter.getDeclaringExecutable()
					+ " are not known: compile with -parameters, or name them with @JsonProperty");
		}
		return parameter.getName();
	}

	@Override
	public <T> T read(String json, Class<T> type) {
		JsonNode value;
		try {
			value = Json.tree(json);
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException("it is no JSON");
		}
		ObjectNode schema = this.ofTypes.get(type);
		new SchemaCheck(schema).check(value, schema, "");
		return convert(value, this.mapper.constructType(type), type.getSimpleName());
	}

	@Override
	public @Nullable Object[] read(Map<String, @Nullable Object> arguments, Method method) {
		ObjectNode schema = kept(method);
		JsonNode all = this.mapper.valueToTree(arguments);
		new SchemaCheck(schema).check(all, schema, "");
		Parameter[] parameters = method.getParameters();
		@Nullable Object[] values = new Object[parameters.length];
		for (int i = 0; i < parameters.length; i++) {
			JsonNode value = all.get(name(parameters[i]));
			JavaType type = this.mapper.constructType(parameters[i].getParameterizedType());
			boolean missing = value == null || value.isNull();
			// null becomes an empty one where the type has such
			values[i] = (missing && !isOptional(parameters[i].getType())) ? null
					: convert(missing ? NullNode.getInstance() : value, type, name(parameters[i]));
		}
		return values;
	}

	/** Jackson's messages quote the value: they stay here. */
	private <T> T convert(@Nullable JsonNode value, JavaType type, String name) {
		try {
			return this.mapper.convertValue(value, type);
		}
		catch (JacksonException | IllegalArgumentException ex) {
			throw new IllegalArgumentException("it cannot be read as " + name + place(ex));
		}
	}

	/** Where in the value it is that does not fit. */
	private static String place(RuntimeException failure) {
		if (failure instanceof JacksonException where && !where.getPath().isEmpty()) {
			return ": " + where.getPath()
				.stream()
				.map((step) -> (step.getPropertyName() != null) ? step.getPropertyName() : "[" + step.getIndex() + "]")
				.collect(Collectors.joining(".")) + " does not fit";
		}
		return "";
	}

	@Override
	public String write(@Nullable Object value) {
		return (value instanceof CharSequence text) ? text.toString() : this.mapper.writeValueAsString(value);
	}

}
