package io.arcllm.provider.json;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
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
 * Makes schemas with victools' generator, and reads values with Jackson and its
 * annotations.
 */
public final class JacksonTypes implements JsonTypes {

	private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {
	};

	private final JsonMapper mapper = JsonMapper.builder()
		.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.build();

	private final TypeSchemas schemas = new TypeSchemas(this.mapper);

	/** Kept with the types, so that none outlives its class. */
	private final ClassValue<ObjectNode> ofTypes = new ClassValue<>() {

		@Override
		protected ObjectNode computeValue(Class<?> type) {
			return JacksonTypes.this.schemas.of(type);
		}

	};

	private final ClassValue<Map<Method, ObjectNode>> ofMethods = new ClassValue<>() {

		@Override
		protected Map<Method, ObjectNode> computeValue(Class<?> type) {
			return new ConcurrentHashMap<>();
		}

	};

	@Override
	public Map<String, Object> schema(Class<?> type) {
		return this.mapper.convertValue(this.ofTypes.get(type), OBJECT);
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
			ObjectNode one = this.schemas.of(parameter, definitions);
			JsonPropertyDescription description = parameter.getAnnotation(JsonPropertyDescription.class);
			if (description != null) {
				one.put("description", description.value());
			}
			properties.set(name(parameter), one);
			required.add(name(parameter));
		}
		schema.put("additionalProperties", false);
		if (!definitions.isEmpty()) {
			schema.set("$defs", definitions);
		}
		return schema;
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
			// null becomes an empty value if the type has one
			values[i] = (missing && !Nullness.isOptional(parameters[i].getType())) ? null
					: convert(missing ? NullNode.getInstance() : value, type, name(parameters[i]));
		}
		return values;
	}

	/** Jackson's messages quote the value, so they are not passed on. */
	private <T> T convert(@Nullable JsonNode value, JavaType type, String name) {
		try {
			return this.mapper.convertValue(value, type);
		}
		catch (JacksonException | IllegalArgumentException ex) {
			throw new IllegalArgumentException("it cannot be read as " + name + place(ex));
		}
	}

	/** The place in the value that does not match. */
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
