package io.arcllm.provider.json;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
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
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes schemas with victools' generator and reads with Jackson, by Jackson's
 * annotations.
 */
public final class JacksonTypes implements JsonTypes {

	private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {
	};

	private final JsonMapper mapper = JsonMapper.builder()
		.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.build();

	private final SchemaGenerator generator = generator();

	private static SchemaGenerator generator() {
		SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12,
				OptionPreset.PLAIN_JSON)
			.with(new JacksonSchemaModule(JacksonOption.RESPECT_JSONPROPERTY_ORDER,
					JacksonOption.FLATTENED_ENUMS_FROM_JSONVALUE, JacksonOption.FLATTENED_ENUMS_FROM_JSONPROPERTY))
			.with(Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT, Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES,
					Option.FLATTENED_OPTIONALS, Option.INLINE_NULLABLE_SCHEMAS, Option.PLAIN_DEFINITION_KEYS,
					Option.STANDARD_FORMATS)
			.without(Option.SCHEMA_VERSION_INDICATOR);
		config.forFields().withRequiredCheck((field) -> true).withNullableCheck(JacksonTypes::isNullable);
		return new SchemaGenerator(config.build());
	}

	private static boolean isNullable(FieldScope field) {
		return !field.isFakeContainerItemScope()
				&& (isNullable(field.getRawMember(), field.getRawMember().getAnnotatedType())
						|| field.getRawMember().getType() == Optional.class);
	}

	/** By an annotation of that name, whosever it is. */
	private static boolean isNullable(AnnotatedElement element, AnnotatedType type) {
		return Stream.concat(Arrays.stream(element.getAnnotations()), Arrays.stream(type.getAnnotations()))
			.anyMatch((annotation) -> annotation.annotationType().getSimpleName().equals("Nullable"));
	}

	@Override
	public Map<String, Object> schema(Class<?> type) {
		return this.mapper.convertValue(node(type), OBJECT);
	}

	private ObjectNode node(Type type) {
		return this.generator.generateSchema(type);
	}

	@Override
	public Map<String, Object> schema(Method method) {
		return this.mapper.convertValue(node(method), OBJECT);
	}

	private ObjectNode node(Method method) {
		ObjectNode schema = this.mapper.createObjectNode();
		schema.put("type", "object");
		ObjectNode properties = schema.putObject("properties");
		ArrayNode required = schema.putArray("required");
		ObjectNode definitions = this.mapper.createObjectNode();
		for (Parameter parameter : method.getParameters()) {
			ObjectNode one = node(parameter.getParameterizedType());
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
		return parameter.getType() == Optional.class || isNullable(parameter, parameter.getAnnotatedType());
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
		ObjectNode schema = node(type);
		new SchemaCheck(schema).check(value, schema, "");
		return convert(value, this.mapper.constructType(type), type.getSimpleName());
	}

	@Override
	public @Nullable Object[] read(Map<String, @Nullable Object> arguments, Method method) {
		ObjectNode schema = node(method);
		JsonNode all = this.mapper.valueToTree(arguments);
		new SchemaCheck(schema).check(all, schema, "");
		Parameter[] parameters = method.getParameters();
		@Nullable Object[] values = new Object[parameters.length];
		for (int i = 0; i < parameters.length; i++) {
			JsonNode value = all.get(name(parameters[i]));
			JavaType type = this.mapper.constructType(parameters[i].getParameterizedType());
			boolean missing = value == null || value.isNull();
			values[i] = (missing && parameters[i].getType() != Optional.class) ? null
					: missing ? Optional.empty() : convert(value, type, name(parameters[i]));
		}
		return values;
	}

	/** Jackson's messages quote the value: they stay here. */
	private <T> T convert(@Nullable JsonNode value, JavaType type, String name) {
		try {
			return this.mapper.convertValue(value, type);
		}
		catch (JacksonException | IllegalArgumentException ex) {
			throw new IllegalArgumentException(
					"it cannot be read as " + name + " (" + ex.getClass().getSimpleName() + ")");
		}
	}

	@Override
	public String write(@Nullable Object value) {
		return (value instanceof CharSequence text) ? text.toString() : this.mapper.writeValueAsString(value);
	}

}
