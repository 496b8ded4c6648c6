package io.arcllm;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The model wants a tool called. Also a part of the assistant's turn when the
 * conversation goes on.
 *
 * @param id to be repeated in the result
 * @param name the tool
 * @param rawArguments the arguments as the model wrote them; empty where this call was
 * not made by a model
 * @param parsedArguments the arguments, or {@code null} where what the model wrote is not
 * a JSON object
 */
public record ToolCall(String id, String name, String rawArguments,
		@Nullable Map<String, @Nullable Object> parsedArguments) implements Content {

	public ToolCall {
		Objects.requireNonNull(id, "id");
		Objects.requireNonNull(name, "name");
		Objects.requireNonNull(rawArguments, "rawArguments");
		parsedArguments = (parsedArguments == null) ? null
				: Collections.unmodifiableMap(new LinkedHashMap<>(parsedArguments));
	}

	/**
	 * A call made by a program.
	 */
	public static ToolCall of(String id, String name, Map<String, @Nullable Object> arguments) {
		return new ToolCall(id, name, "", arguments);
	}

	/**
	 * The arguments.
	 * @throws ToolArgumentsException if what the model wrote is not a JSON object
	 */
	public Map<String, @Nullable Object> arguments() {
		if (this.parsedArguments == null) {
			throw new ToolArgumentsException(this);
		}
		return this.parsedArguments;
	}

}
