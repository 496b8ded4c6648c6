package io.arcllm.bridge.springai;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.arcllm.LlmResponse;
import io.arcllm.StopReason;
import io.arcllm.ToolCall;
import io.arcllm.bridge.KeptTurn;
import io.arcllm.bridge.PortableRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.metadata.EmptyUsage;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;

/**
 * Writes an answer as Spring AI's response.
 */
final class ResponseWriter {

	private ResponseWriter() {
	}

	static ChatResponse whole(LlmResponse answer) {
		return write(answer, answer.text());
	}

	/**
	 * An answer with these words, without those that were streamed before.
	 */
	static ChatResponse write(LlmResponse answer, String text) {
		AssistantMessage message = AssistantMessage.builder()
			.content(text)
			.properties(KeptTurn.of(answer.toMessage()))
			.toolCalls(calls(answer.toolCalls()))
			.build();
		ChatGenerationMetadata stopped = ChatGenerationMetadata.builder()
			.finishReason(finishReason(answer.stopReason()))
			.build();
		return new ChatResponse(List.of(new Generation(message, stopped)), metadata(answer));
	}

	/** A response with the next words of an answer. */
	static ChatResponse delta(String text) {
		return new ChatResponse(List.of(new Generation(new AssistantMessage(text))));
	}

	/** A response with words of thinking, which are not part of the text. */
	static ChatResponse thinking(String text) {
		AssistantMessage message = AssistantMessage.builder()
			.content("")
			.properties(Map.of(ArcllmChatModel.THINKING, text))
			.build();
		return new ChatResponse(List.of(new Generation(message)));
	}

	private static ChatResponseMetadata metadata(LlmResponse answer) {
		ChatResponseMetadata.Builder metadata = ChatResponseMetadata.builder()
			.usage(usage(answer.usage()))
			.keyValue(ArcllmChatModel.TRAIL, answer.trail())
			.keyValue("arcllm.provider", answer.provider())
			.keyValue("arcllm.cost", answer.cost());
		if (answer.model() != null) {
			metadata.model(answer.model());
		}
		if (answer.requestId() != null) {
			metadata.id(answer.requestId());
		}
		return metadata.build();
	}

	private static List<AssistantMessage.ToolCall> calls(List<ToolCall> calls) {
		if (calls.isEmpty()) {
			return List.of();
		}
		List<AssistantMessage.ToolCall> written = new ArrayList<>(calls.size());
		for (ToolCall call : calls) {
			written.add(
					new AssistantMessage.ToolCall(call.id(), "function", call.name(), PortableRequest.arguments(call)));
		}
		return written;
	}

	/** Absent usage is not 0, but null would break code that sums it up. */
	private static Usage usage(io.arcllm.Usage usage) {
		return (usage.inputTokens() == null && usage.outputTokens() == null) ? new EmptyUsage()
				: new DefaultUsage(usage.inputTokens(), usage.outputTokens(), usage.totalTokens(), usage,
						toLong(usage.cacheReadTokens()), toLong(usage.cacheWriteTokens()));
	}

	private static @Nullable Long toLong(@Nullable Integer count) {
		return (count == null) ? null : Long.valueOf(count);
	}

	private static String finishReason(StopReason reason) {
		return switch (reason.type()) {
			case END_TURN, STOP_SEQUENCE -> "STOP";
			case MAX_TOKENS -> "LENGTH";
			case TOOL_USE -> "TOOL_CALLS";
			case CONTENT_FILTER -> "CONTENT_FILTER";
			case REFUSAL, PAUSE, OTHER -> reason.raw();
		};
	}

}
