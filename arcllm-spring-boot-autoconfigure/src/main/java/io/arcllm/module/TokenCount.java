package io.arcllm.module;

import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.Message;

/**
 * Estimates how long a request is.
 */
public final class TokenCount {

	/** English text has about four characters a token. */
	private static final int CHARACTERS_A_TOKEN = 4;

	private TokenCount() {
	}

	/**
	 * About how many tokens the words of this request are. Pictures and documents are not
	 * counted.
	 */
	public static int tokens(LlmRequest request) {
		long characters = 0;
		for (Message message : request.messages()) {
			for (Content part : message.content()) {
				characters += characters(part);
			}
		}
		return (int) Math.min(characters / CHARACTERS_A_TOKEN, Integer.MAX_VALUE);
	}

	private static long characters(Content part) {
		if (part instanceof Content.Text text) {
			return text.text().length();
		}
		if (part instanceof Content.ToolResult result) {
			return result.content().stream().mapToLong(TokenCount::characters).sum();
		}
		return 0;
	}

}
