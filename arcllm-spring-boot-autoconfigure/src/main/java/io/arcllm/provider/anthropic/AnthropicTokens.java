package io.arcllm.provider.anthropic;

import io.arcllm.Usage;
import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The tokens of one answer. A later value replaces an earlier one, except a 0.
 */
final class AnthropicTokens {

	private @Nullable Integer input;

	private @Nullable Integer output;

	private @Nullable Integer cacheRead;

	private @Nullable Integer cacheWrite;

	private @Nullable Integer thinking;

	void read(JsonParser parser) {
		if (!Json.beginsObject(parser)) {
			return;
		}
		while (parser.nextToken() != JsonToken.END_OBJECT) {
			String name = parser.currentName();
			parser.nextToken();
			switch (name) {
				case "input_tokens" -> this.input = Json.laterCount(parser, this.input);
				case "output_tokens" -> this.output = Json.laterCount(parser, this.output);
				case "cache_read_input_tokens" -> this.cacheRead = Json.laterCount(parser, this.cacheRead);
				case "cache_creation_input_tokens" -> this.cacheWrite = Json.laterCount(parser, this.cacheWrite);
				case "output_tokens_details" -> details(parser);
				default -> parser.skipChildren();
			}
		}
	}

	private void details(JsonParser parser) {
		boolean object = Json.beginsObject(parser);
		while (object && parser.nextToken() != JsonToken.END_OBJECT) {
			String name = parser.currentName();
			parser.nextToken();
			if (name.equals("thinking_tokens")) {
				this.thinking = Json.laterCount(parser, this.thinking);
			}
			else {
				parser.skipChildren();
			}
		}
	}

	/**
	 * Adds the tokens of the cache, which Anthropic's own count of the prompt leaves out.
	 */
	Usage toUsage() {
		Integer all = this.input;
		if (all != null) {
			all = (int) Math.min(Integer.MAX_VALUE, (long) all + zero(this.cacheRead) + zero(this.cacheWrite));
		}
		return new Usage(all, this.output, this.cacheRead, this.cacheWrite, this.thinking);
	}

	private static int zero(@Nullable Integer count) {
		return (count != null) ? count : 0;
	}

}
