package io.arcllm;

import java.lang.reflect.Method;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Makes JSON schemas of types and reads JSON into them, for typed answers and tools.
 * Found by {@link java.util.ServiceLoader}; the library has one that uses Jackson. Safe
 * for use by many threads.
 */
public interface JsonTypes {

	/**
	 * The schema of a record or class: all properties are required, those that may be
	 * missing are nullable, and there are no others.
	 */
	Map<String, Object> schema(Class<?> type);

	/** The schema of a method's parameters, by the same rules. */
	Map<String, Object> schema(Method method);

	/**
	 * Reads a value that matches the schema of the type; other properties are ignored.
	 * @throws IllegalArgumentException if it does not match; the message names the place,
	 * and nothing of its content
	 */
	<T> T read(String json, Class<T> type);

	/**
	 * Reads the arguments of a method.
	 * @throws IllegalArgumentException if they do not match its schema
	 */
	@Nullable Object[] read(Map<String, @Nullable Object> arguments, Method method);

	/** The JSON of a value; a text is itself. */
	String write(@Nullable Object value);

}
