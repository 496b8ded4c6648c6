package io.arcllm.bridge.springai;

import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.Message;
import io.arcllm.ToolCall;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;

/**
 * Keeps what Spring AI's message has no place for, such as signed thinking, in its
 * metadata, so that a tool loop gives it back to the vendor that wants it.
 */
final class KeptMessage {

	private static final String KEY = "arcllm.message";

	private KeptMessage() {
	}

	/** The metadata of a turn: empty where text and calls are all there is. */
	static Map<String, Object> properties(Message turn) {
		return turn.content().stream().allMatch(KeptMessage::isPlain) ? Map.of() : Map.of(KEY, turn);
	}

	private static boolean isPlain(Content content) {
		return content instanceof Content.Text || (content instanceof ToolCall call && call.vendorData() == null);
	}

	/** The turn as it was, unless the application has changed it since. */
	static @Nullable Message of(AssistantMessage message) {
		return (message.getMetadata().get(KEY) instanceof Message kept
				&& kept.text().equals((message.getText() != null) ? message.getText() : "")
				&& callIds(kept).equals(message.getToolCalls().stream().map(AssistantMessage.ToolCall::id).toList()))
						? kept : null;
	}

	private static List<String> callIds(Message message) {
		return message.content()
			.stream()
			.filter(ToolCall.class::isInstance)
			.map((call) -> ((ToolCall) call).id())
			.toList();
	}

}
