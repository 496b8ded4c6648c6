package io.arcllm;

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

	private final Class<T> type;

	/**
	 * @throws IllegalArgumentException if the type is neither a record nor a class with
	 * properties
	 */
	TypedAnswer(Class<T> type) {
		boolean wrong = type.isPrimitive() || type.isArray() || type.isEnum() || type.isInterface()
				|| type.isAnnotation() || type.getName().startsWith("java.") || Collection.class.isAssignableFrom(type)
				|| Map.class.isAssignableFrom(type);
		if (wrong) {
			throw new IllegalArgumentException("An answer's type must be a record or a class with properties, was "
					+ type.getName() + "; wrap it in a record");
		}
		this.type = type;
		SCHEMAS.get(type);
	}

	/** What reads and writes types. */
	static JsonTypes types() {
		return Holder.TYPES;
	}

	/** The same request for an answer of the type. */
	LlmRequest ask(LlmRequest request) {
		return request.mutate()
			.responseFormat(ResponseFormat.jsonSchema(this.type.getSimpleName(), SCHEMAS.get(this.type)))
			.build();
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
	 * Looked for when the first typed answer is asked for.
	 */
	private static final class Holder {

		static final JsonTypes TYPES = ServiceLoader.load(JsonTypes.class, JsonTypes.class.getClassLoader())
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("Typed answers need the library's own JSON, "
					+ "which is not on the class path: io.arcllm:arcllm-spring-boot-autoconfigure"));

	}

}
