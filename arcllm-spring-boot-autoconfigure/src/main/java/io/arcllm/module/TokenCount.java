package io.arcllm.module;

import java.util.Collection;
import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.ResponseFormat;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import org.jspecify.annotations.Nullable;

/**
 * Estimates the tokens of a request, for limits, context windows and cost: a quarter of
 * the UTF-8 bytes of everything that is sent.
 */
public final class TokenCount {

	private static final int BYTES_A_TOKEN = 4;

	/** For a picture or a PDF, whose size says nothing about its tokens. */
	private static final int TOKENS_A_FILE = 1000;

	private TokenCount() {
	}

	/**
	 * The estimated tokens of the request: its messages with tool calls, results and
	 * thinking, its tools and the schema of its answer.
	 */
	public static int tokens(LlmRequest request) {
		long bytes = 0;
		for (Message message : request.messages()) {
			bytes += bytes(message.content());
		}
		for (Tool tool : request.tools()) {
			bytes += utf8(tool.name()) + utf8(tool.description()) + json(tool.parameters());
		}
		ResponseFormat format = request.responseFormat();
		if (format != null && format.schema() != null) {
			bytes += json(format.schema());
		}
		return tokens(bytes);
	}

	/** The estimated tokens of this text. */
	public static int tokens(String text) {
		return tokens(utf8(text));
	}

	private static int tokens(long bytes) {
		return (int) Math.min(bytes / BYTES_A_TOKEN, Integer.MAX_VALUE);
	}

	private static long bytes(List<Content> content) {
		long bytes = 0;
		for (Content part : content) {
			bytes += bytes(part);
		}
		return bytes;
	}

	private static long bytes(Content part) {
		if (part instanceof Content.Text text) {
			return utf8(text.text());
		}
		if (part instanceof Content.Thinking thinking) {
			return utf8(thinking.text()) + utf8(thinking.signature()) + utf8(thinking.redacted());
		}
		if (part instanceof ToolCall call) {
			return utf8(call.id()) + utf8(call.name())
					+ (call.rawArguments().isEmpty() ? json(call.parsedArguments()) : utf8(call.rawArguments()));
		}
		if (part instanceof Content.ToolResult result) {
			return utf8(result.toolCallId()) + bytes(result.content());
		}
		boolean text = part instanceof Content.Document document && document.source() instanceof Content.Bytes bytes
				&& bytes.mediaType().startsWith("text/");
		return text ? ((Content.Bytes) ((Content.Document) part).source()).data().length
				: TOKENS_A_FILE * BYTES_A_TOKEN;
	}

	/** The length of this value as compact JSON, without escapes. */
	private static long json(@Nullable Object value) {
		long bytes = 2;
		if (value instanceof Map<?, ?> map) {
			for (Map.Entry<?, ?> entry : map.entrySet()) {
				bytes += utf8(String.valueOf(entry.getKey())) + 4 + json(entry.getValue());
			}
		}
		else if (value instanceof Collection<?> list) {
			for (Object element : list) {
				bytes += 1 + json(element);
			}
		}
		else if (value instanceof CharSequence text) {
			bytes += utf8(text);
		}
		else {
			bytes = utf8(String.valueOf(value));
		}
		return bytes;
	}

	private static long utf8(@Nullable CharSequence text) {
		if (text == null) {
			return 0;
		}
		long bytes = text.length();
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c >= 0x80) {
				bytes += (c < 0x800 || Character.isSurrogate(c)) ? 1 : 2;
			}
		}
		return bytes;
	}

}
