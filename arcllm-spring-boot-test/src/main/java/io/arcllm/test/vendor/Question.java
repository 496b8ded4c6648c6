package io.arcllm.test.vendor;

import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A request to a simulated vendor, in no vendor's format.
 *
 * @param model the model
 * @param text the user's last text
 * @param prefix the beginning of the answer, which is to be continued; empty for none
 * @param stream whether a stream was requested
 * @param tools the tools that may be called
 * @param toolChoice {@code auto}, {@code none}, {@code required} or a tool's name
 * @param toolResults the results of the tools that were called since then
 * @param schema the schema of the answer, if it must be JSON
 * @param maxTokens the longest answer, in tokens
 * @param stop the stop sequences
 * @param thinking whether thinking was requested
 * @param includeUsage whether a stream ends with its usage, if the format has such an
 * option
 * @param promptTokens the tokens of the request
 */
public record Question(String model, String text, String prefix, boolean stream, List<Tool> tools, String toolChoice,
		List<String> toolResults, @Nullable JsonNode schema, int maxTokens, List<String> stop, boolean thinking,
		boolean includeUsage, int promptTokens) {

	/**
	 * A tool that may be called.
	 */
	public record Tool(String name, String description, JsonNode parameters) {

		/**
		 * Reads tools that are written as functions.
		 */
		static List<Tool> functions(JsonNode tools) {
			return tools.valueStream()
				.map((tool) -> tool.path("function"))
				.map((function) -> new Tool(function.path("name").asString(""),
						function.path("description").asString(""), function.path("parameters")))
				.toList();
		}

	}

}
