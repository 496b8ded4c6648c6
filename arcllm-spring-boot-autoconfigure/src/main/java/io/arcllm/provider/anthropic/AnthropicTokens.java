package io.arcllm.provider.anthropic;

import io.arcllm.Usage;
import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The tokens of one answer as they are told, the later word over the earlier one.
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
				case "input_tokens" -> this.input = later(parser, this.input);
				case "output_tokens" -> this.output = later(parser, this.output);
				case "cache_read_input_tokens" -> this.cacheRead = later(parser, this.cacheRead);
				case "cache_creation_input_tokens" -> this.cacheWrite = later(parser, this.cacheWrite);
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
				this.thinking = later(parser, this.thinking);
			}
			else {
				parser.skipChildren();
			}
		}
	}

	private static @Nullable Integer later(JsonParser parser, @Nullable Integer earlier) {
		Integer now = Json.integer(parser);
		return (now != null) ? now : earlier;
	}

	/** Anthropic's own count of the prompt leaves out what went through the cache. */
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
