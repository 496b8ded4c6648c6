package io.arcllm.test.vendor;

import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a vendor was asked, in no vendor's words.
 *
 * @param model to answer
 * @param text the person's last words
 * @param prefix the beginning of the answer, which is to be gone on from; empty for none
 * @param stream whether the answer is wanted as it is made
 * @param tools what may be called
 * @param toolChoice {@code auto}, {@code none}, {@code required} or a tool's name
 * @param toolResults what the tools called since then answered
 * @param schema what the answer must look like, if it must be JSON
 * @param maxTokens the longest answer
 * @param stop where to stop
 * @param thinking whether to think before
 * @param includeUsage whether a stream ends with the tokens, where the vendor asks that
 * @param promptTokens how long the question is
 */
public record Question(String model, String text, String prefix, boolean stream, List<Tool> tools, String toolChoice,
		List<String> toolResults, @Nullable JsonNode schema, int maxTokens, List<String> stop, boolean thinking,
		boolean includeUsage, int promptTokens) {

	/**
	 * Something that may be called.
	 */
	public record Tool(String name, String description, JsonNode parameters) {

		/**
		 * Those that are written as functions.
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
