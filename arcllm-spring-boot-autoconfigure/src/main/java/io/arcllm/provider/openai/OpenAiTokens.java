package io.arcllm.provider.openai;

import io.arcllm.Usage;
import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The tokens of one answer. A later value replaces an earlier one, except a 0.
 */
final class OpenAiTokens {

	private final boolean reasoningApart;

	private @Nullable Integer input;

	private @Nullable Integer output;

	private @Nullable Integer total;

	private @Nullable Integer cacheRead;

	private @Nullable Integer cacheWrite;

	private @Nullable Integer reasoning;

	OpenAiTokens(boolean reasoningApart) {
		this.reasoningApart = reasoningApart;
	}

	/** Whether there was an object at the parser. */
	boolean read(JsonParser parser) {
		if (!Json.beginsObject(parser)) {
			return false;
		}
		while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
			String name = parser.currentName();
			parser.nextToken();
			switch (name) {
				case "prompt_tokens" -> this.input = Json.laterCount(parser, this.input);
				case "completion_tokens" -> this.output = Json.laterCount(parser, this.output);
				case "total_tokens" -> this.total = Json.laterCount(parser, this.total);
				case "prompt_cache_hit_tokens", "num_cached_tokens", "cached_tokens", "cached_input_tokens",
						"cache_read_input_tokens" ->
					this.cacheRead = Json.laterCount(parser, this.cacheRead);
				case "cache_creation_input_tokens" -> this.cacheWrite = Json.laterCount(parser, this.cacheWrite);
				case "reasoning_tokens" -> this.reasoning = Json.laterCount(parser, this.reasoning);
				case "prompt_tokens_details", "completion_tokens_details" -> details(parser);
				default -> parser.skipChildren();
			}
		}
		return true;
	}

	private void details(JsonParser parser) {
		if (!Json.beginsObject(parser)) {
			return;
		}
		while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
			String name = parser.currentName();
			parser.nextToken();
			switch (name) {
				case "cached_tokens" -> this.cacheRead = Json.laterCount(parser, this.cacheRead);
				case "cache_write_tokens" -> this.cacheWrite = Json.laterCount(parser, this.cacheWrite);
				case "reasoning_tokens" -> this.reasoning = Json.laterCount(parser, this.reasoning);
				default -> parser.skipChildren();
			}
		}
	}

	Usage usage() {
		return new Usage(this.input, wholeOutput(), this.cacheRead, this.cacheWrite, this.reasoning);
	}

	private @Nullable Integer wholeOutput() {
		if (!this.reasoningApart || this.input == null || this.output == null || this.total == null
				|| this.reasoning == null) {
			return this.output;
		}
		boolean apart = this.input + this.output + this.reasoning == this.total;
		return apart ? Integer.valueOf(this.output + this.reasoning) : this.output;
	}

}
