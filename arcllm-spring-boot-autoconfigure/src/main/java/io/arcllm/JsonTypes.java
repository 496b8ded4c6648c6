package io.arcllm;

import java.lang.reflect.Method;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Makes JSON schemas of types and reads JSON into them, for typed answers and tools.
 * Found by {@link java.util.ServiceLoader}; the library brings one on Jackson.
 */
public interface JsonTypes {

	/**
	 * The schema of a record or class: all properties are required, those that may be
	 * missing are nullable, and there are no others.
	 */
	Map<String, Object> schema(Class<?> type);

	/** The schema of a method's parameters, made the same way. */
	Map<String, Object> schema(Method method);

	/**
	 * Reads a value of which the schema holds; further properties are ignored.
	 * @throws IllegalArgumentException if it does not hold; says where, and nothing of
	 * what stands there
	 */
	<T> T read(String json, Class<T> type);

	/**
	 * Reads the arguments of a method.
	 * @throws IllegalArgumentException if its schema does not hold
	 */
	@Nullable Object[] read(Map<String, @Nullable Object> arguments, Method method);

	/** The JSON of a value; a text is itself. */
	String write(@Nullable Object value);

}
