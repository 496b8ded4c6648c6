package io.arcllm.bridge.langchain4j;

import java.util.List;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.arcllm.LlmResponse;
import io.arcllm.StopReason;
import io.arcllm.ToolCall;
import io.arcllm.Usage;
import io.arcllm.bridge.KeptTurn;
import io.arcllm.bridge.PortableRequest;
import org.jspecify.annotations.Nullable;

/**
 * Writes an answer as LangChain4j's response.
 */
final class ResponseWriter {

	private ResponseWriter() {
	}

	static ChatResponse write(LlmResponse answer) {
		List<ToolExecutionRequest> calls = answer.toolCalls().stream().map(ResponseWriter::call).toList();
		AiMessage.Builder message = AiMessage.builder()
			.toolExecutionRequests(calls)
			.attributes(KeptTurn.of(answer.toMessage()));
		if (!answer.text().isEmpty() || calls.isEmpty()) {
			message.text(answer.text());
		}
		String thoughts = answer.thinkingText();
		if (!thoughts.isEmpty()) {
			message.thinking(thoughts);
		}
		return ChatResponse.builder().aiMessage(message.build()).metadata(metadata(answer)).build();
	}

	private static ArcllmChatResponseMetadata metadata(LlmResponse answer) {
		ArcllmChatResponseMetadata.Builder metadata = ArcllmChatResponseMetadata.builder()
			.trail(answer.trail())
			.target(answer.target())
			.cost(answer.cost())
			.finishReason(finishReason(answer.stopReason()));
		if (answer.requestId() != null) {
			metadata.id(answer.requestId());
		}
		if (answer.model() != null) {
			metadata.modelName(answer.model());
		}
		TokenUsage usage = usage(answer.usage());
		return ((usage != null) ? metadata.tokenUsage(usage) : metadata).build();
	}

	private static ToolExecutionRequest call(ToolCall call) {
		return ToolExecutionRequest.builder()
			.id(call.id())
			.name(call.name())
			.arguments(PortableRequest.arguments(call))
			.build();
	}

	@SuppressWarnings("NullAway") // LangChain4j's counts may be absent
	private static @Nullable TokenUsage usage(Usage usage) {
		return (usage.inputTokens() == null && usage.outputTokens() == null) ? null
				: new TokenUsage(usage.inputTokens(), usage.outputTokens(), usage.totalTokens());
	}

	private static FinishReason finishReason(StopReason reason) {
		return switch (reason.type()) {
			case END_TURN, STOP_SEQUENCE -> FinishReason.STOP;
			case MAX_TOKENS -> FinishReason.LENGTH;
			case TOOL_USE -> FinishReason.TOOL_EXECUTION;
			case CONTENT_FILTER -> FinishReason.CONTENT_FILTER;
			case REFUSAL, PAUSE, OTHER -> FinishReason.OTHER;
		};
	}

}
