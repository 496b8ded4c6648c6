package io.arcllm.bridge.langchain4j;

import java.util.List;
import java.util.Map;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import io.arcllm.Content;
import io.arcllm.Message;
import io.arcllm.ToolCall;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what LangChain4j's message has no place for, such as signed thinking, in its
 * attributes, so that a tool loop gives it back to the vendor that wants it.
 */
final class KeptMessage {

	private static final String KEY = "arcllm.message";

	private KeptMessage() {
	}

	/** The attributes of a turn: empty where text and calls are all there is. */
	static Map<String, Object> attributes(Message turn) {
		return turn.content().stream().allMatch(KeptMessage::isPlain) ? Map.of() : Map.of(KEY, turn);
	}

	private static boolean isPlain(Content content) {
		return content instanceof Content.Text || (content instanceof ToolCall call && call.vendorData() == null);
	}

	/** The turn as it was, unless the application has changed it since. */
	static @Nullable Message of(AiMessage message) {
		return (message.attributes().get(KEY) instanceof Message kept
				&& kept.text().equals((message.text() != null) ? message.text() : "")
				&& callIds(kept)
					.equals(message.toolExecutionRequests().stream().map(ToolExecutionRequest::id).toList())) ? kept
							: null;
	}

	private static List<String> callIds(Message message) {
		return message.content()
			.stream()
			.filter(ToolCall.class::isInstance)
			.map((call) -> ((ToolCall) call).id())
			.toList();
	}

}
