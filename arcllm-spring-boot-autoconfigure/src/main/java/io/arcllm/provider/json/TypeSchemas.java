package io.arcllm.provider.json;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.classmate.TypeResolver;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomDefinition.AttributeInclusion;
import com.github.victools.jsonschema.generator.CustomDefinition.DefinitionType;
import com.github.victools.jsonschema.generator.CustomDefinitionProviderV2;
import com.github.victools.jsonschema.generator.CustomPropertyDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.MemberScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigPart;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import com.github.victools.jsonschema.module.jackson.JacksonSchemaModule;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes strict schemas with victools' generator: all properties are required, optional
 * ones are nullable, and there are no others. A type that no answer could be read into is
 * refused.
 */
final class TypeSchemas {

	private final WrittenType written;

	private final KindsOfType kinds;

	private final ReadProperties read;

	private final CustomDefinitionProviderV2 definitions = this::definition;

	private final SchemaGenerator generator;

	/**
	 * @param mapper reads the answers
	 */
	TypeSchemas(JsonMapper mapper) {
		this.written = new WrittenType(mapper);
		this.kinds = new KindsOfType(mapper);
		this.read = new ReadProperties(mapper);
		SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12,
				OptionPreset.PLAIN_JSON)
			.with(new JacksonSchemaModule(JacksonOption.SKIP_SUBTYPE_LOOKUP, JacksonOption.IGNORE_TYPE_INFO_TRANSFORM))
			.with(Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT, Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES,
					Option.INLINE_NULLABLE_SCHEMAS, Option.PLAIN_DEFINITION_KEYS)
			.without(Option.SCHEMA_VERSION_INDICATOR, Option.FLATTENED_OPTIONALS, Option.FLATTENED_SUPPLIERS);
		fields(config.forFields());
		config.forTypesInGeneral()
			.withPropertySorter(Comparator.comparingInt(TypeSchemas::place))
			.withCustomDefinitionProvider(this.definitions)
			.withTypeAttributeOverride((schema, scope, context) -> settle(scope.getType(), schema, context));
		this.generator = new SchemaGenerator(config.build());
	}

	private void fields(SchemaGeneratorConfigPart<FieldScope> fields) {
		fields.withRequiredCheck((field) -> true)
			.withNullableCheck(
					(field) -> !field.isFakeContainerItemScope() && Nullness.isNullable(field.getRawMember()))
			.withCustomDefinitionProvider(TypeSchemas::formatted)
			.withCustomDefinitionProvider(TypeSchemas::container);
	}

	ObjectNode of(Type type) {
		return PortableSchema.of(this.generator.generateSchema(type));
	}

	/**
	 * The schema of a parameter.
	 * @param definitions gets the definitions that the schema refers to
	 */
	ObjectNode of(Parameter parameter, ObjectNode definitions) {
		ResolvedType type = new TypeResolver().resolve(parameter.getParameterizedType());
		ObjectNode schema = new ContainerSchema((part) -> {
			ObjectNode one = of(part);
			if (one.remove("$defs") instanceof ObjectNode own) {
				definitions.setAll(own);
			}
			return one;
		}).of(type, parameter.getAnnotatedType());
		return Nullness.isNullable(parameter, parameter.getAnnotatedType(), parameter.getType())
				? ContainerSchema.nullable(schema) : schema;
	}

	/**
	 * The order of declaration, because models answer in that order; Jackson's annotation
	 * takes precedence.
	 */
	private static int place(MemberScope<?, ?> member) {
		JsonPropertyOrder order = member.getDeclaringType().getErasedType().getAnnotation(JsonPropertyOrder.class);
		int place = (order == null) ? -1 : List.of(order.value()).indexOf(member.getName());
		return (place < 0) ? Integer.MAX_VALUE : place;
	}

	/** A value with its own format is a text. */
	private static @Nullable CustomPropertyDefinition formatted(FieldScope field, SchemaGenerationContext context) {
		JsonFormat format = field.getAnnotationConsideringFieldAndGetterIfSupported(JsonFormat.class);
		if (format == null || format.pattern().isEmpty() || field.isFakeContainerItemScope()) {
			return null;
		}
		ObjectNode schema = JsonNodeFactory.instance.objectNode();
		schema.put("type", "string").put("description", "In the form " + format.pattern());
		return new CustomPropertyDefinition(schema, AttributeInclusion.YES);
	}

	private static @Nullable CustomPropertyDefinition container(FieldScope field, SchemaGenerationContext context) {
		if (field.isFakeContainerItemScope() || !ContainerSchema.isContainer(field.getType())) {
			return null;
		}
		AnnotatedType annotated = field.getRawMember().getAnnotatedType();
		return new CustomPropertyDefinition(
				new ContainerSchema(context::createDefinitionReference).of(field.getType(), annotated),
				AttributeInclusion.YES);
	}

	private @Nullable CustomDefinition definition(ResolvedType type, SchemaGenerationContext context) {
		if (ContainerSchema.isContainer(type)) {
			return inline(new ContainerSchema(context::createDefinitionReference).of(type, null));
		}
		Class<?> erased = type.getErasedType();
		List<Class<?>> below = below(erased);
		if (!below.isEmpty()) {
			return inline(oneOf(type, below, context));
		}
		ObjectNode schema = this.written.schema(erased);
		if (schema == null) {
			this.written.requireReadable(erased);
		}
		return (schema == null) ? null : inline(schema);
	}

	/** The types that are made where this one is declared. */
	private List<Class<?>> below(Class<?> type) {
		List<Class<?>> below = this.kinds.below(type);
		Class<?> made = this.read.made(type);
		return (below.isEmpty() && made != type) ? List.of(made) : below;
	}

	private ObjectNode oneOf(ResolvedType type, List<Class<?>> below, SchemaGenerationContext context) {
		ObjectNode schema = JsonNodeFactory.instance.objectNode();
		ArrayNode kinds = schema.putArray("anyOf");
		below.forEach((one) -> kinds
			.add(context.createDefinitionReference(context.getTypeContext().resolveSubtype(type, one))));
		if (KindsOfType.isMade(type.getErasedType())) {
			kinds.add(context.createStandardDefinitionReference(type, this.definitions));
		}
		return schema;
	}

	/** An object has the properties that are read, and says of which type it is. */
	private void settle(ResolvedType type, ObjectNode schema, SchemaGenerationContext context) {
		Class<?> erased = type.getErasedType();
		if (!KindsOfType.isMade(erased) || !schema.path("type").asString("").equals("object")
				|| Map.class.isAssignableFrom(erased) || erased.getName().startsWith("java.")) {
			return;
		}
		this.read.settle(type, schema, context);
		this.kinds.mark(erased, schema);
	}

	private static CustomDefinition inline(ObjectNode schema) {
		return new CustomDefinition(schema, DefinitionType.INLINE, AttributeInclusion.YES);
	}

}
