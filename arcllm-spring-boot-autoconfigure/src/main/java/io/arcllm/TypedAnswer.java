package io.arcllm;

import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * Asks for answers of a type, and reads them.
 *
 * @param <T> the type
 */
final class TypedAnswer<T> {

	private static final ClassValue<Map<String, Object>> SCHEMAS = new ClassValue<>() {

		@Override
		protected Map<String, Object> computeValue(Class<?> type) {
			return types().schema(type);
		}

	};

	private static final int LONGEST_NAME = 64;

	private final Class<T> type;

	/**
	 * @throws IllegalArgumentException if the type is neither a record nor a class with
	 * properties
	 */
	TypedAnswer(Class<T> type) {
		if (!isWithProperties(type) || !(SCHEMAS.get(type).get("properties") instanceof Map<?, ?> properties)
				|| properties.isEmpty()) {
			throw new IllegalArgumentException("An answer's type must be a record or a class with properties, was "
					+ type.getName() + "; wrap it in a record");
		}
		if (!type.isRecord() && (isInner(type) || Modifier.isAbstract(type.getModifiers()))) {
			throw new IllegalArgumentException("An answer's type must be one that can be made, and " + type.getName()
					+ " is " + (isInner(type) ? "an inner class: make it static" : "abstract: wrap it in a record"));
		}
		this.type = type;
	}

	private static boolean isWithProperties(Class<?> type) {
		return !type.isPrimitive() && !type.isArray() && !type.isEnum() && !type.isInterface()
				&& !type.getName().startsWith("java.") && !Collection.class.isAssignableFrom(type)
				&& !Map.class.isAssignableFrom(type);
	}

	private static boolean isInner(Class<?> type) {
		return type.isLocalClass() || type.isAnonymousClass()
				|| (type.isMemberClass() && !Modifier.isStatic(type.getModifiers()));
	}

	/** What reads and writes types. */
	static JsonTypes types() {
		return Holder.TYPES;
	}

	/** The same request for an answer of the type. */
	LlmRequest ask(LlmRequest request) {
		return request.mutate().responseFormat(ResponseFormat.jsonSchema(name(), SCHEMAS.get(this.type))).build();
	}

	/** The type's name in characters that vendors accept. */
	private String name() {
		String name = this.type.getSimpleName().replaceAll("[^a-zA-Z0-9_-]", "_");
		return (name.length() > LONGEST_NAME) ? name.substring(0, LONGEST_NAME) : name;
	}

	/**
	 * The answer.
	 * @throws LlmException {@code PROTOCOL}, with the answer in {@code partial()}, if it
	 * does not fit
	 */
	T read(LlmResponse answer) {
		try {
			return types().read(answer.text(), this.type);
		}
		catch (IllegalArgumentException ex) {
			throw LlmException
				.of(ErrorKind.PROTOCOL,
						"The answer is no " + this.type.getSimpleName() + ": " + ex.getMessage() + " (it stopped with "
								+ answer.stopReason().type() + ")")
				.target(answer.target())
				.requestId(answer.requestId())
				.partial(answer)
				.build()
				.withTrail(answer.trail());
		}
	}

	/**
	 * Loaded with the first typed answer.
	 */
	private static final class Holder {

		static final JsonTypes TYPES = ServiceLoader.load(JsonTypes.class, JsonTypes.class.getClassLoader())
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("Typed answers need the library's own JSON, "
					+ "which is not on the class path: io.arcllm:arcllm-spring-boot-autoconfigure"));

	}

}
