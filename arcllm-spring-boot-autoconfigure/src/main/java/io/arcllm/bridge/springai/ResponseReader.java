package io.arcllm.bridge.springai;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.arcllm.AnswerBuilder;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.provider.StopWords;
import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.EmptyUsage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;

/**
 * Reads one answer of Spring AI, whole or in pieces. A stream is complete only with a
 * finish reason. Not safe for use by several threads.
 */
final class ResponseReader {

	private final AnswerBuilder answer = new AnswerBuilder();

	private Target target;

	private @Nullable String finishReason;

	private int calls;

	private boolean begun;

	ResponseReader(Target target) {
		this.target = target;
	}

	/** Whether anything came. */
	boolean isBegun() {
		return this.begun;
	}

	/** All events of a whole answer, which needs no finish reason. */
	List<LlmEvent> whole(@Nullable ChatResponse response) {
		if (response == null || response.getResults().isEmpty()) {
			throw noAnswer();
		}
		List<LlmEvent> events = new ArrayList<>(next(response));
		if (this.finishReason == null) {
			this.finishReason = "stop";
		}
		events.addAll(end());
		return events;
	}

	/**
	 * The error of a model that returned no answer, as doubles of tests and proxies do.
	 */
	LlmException noAnswer() {
		return LlmException.of(ErrorKind.PROTOCOL, this.target + " gave no answer").target(this.target).build();
	}

	/** The events of a piece. */
	List<LlmEvent> next(ChatResponse response) {
		this.begun = true;
		metadata(response.getMetadata());
		List<LlmEvent> events = new ArrayList<>(2);
		for (Generation generation : response.getResults()) {
			message(generation.getOutput(), events);
			String reason = generation.getMetadata().getFinishReason();
			if (reason != null && !reason.isBlank()) {
				this.finishReason = reason;
			}
		}
		events.forEach(this.answer::add);
		return events;
	}

	private void message(AssistantMessage message, List<LlmEvent> events) {
		String text = message.getText();
		if (text != null && !text.isEmpty()) {
			events.add(isThinking(message.getMetadata()) ? new LlmEvent.ThinkingDelta(text)
					: new LlmEvent.TextDelta(text));
		}
		for (AssistantMessage.ToolCall call : message.getToolCalls()) {
			events.add(new LlmEvent.ToolCallDelta(this.calls++, call.id(), call.name(), call.arguments()));
		}
	}

	/** Spring AI marks thinking in a message's metadata, each vendor in its own way. */
	private static boolean isThinking(Map<String, Object> metadata) {
		return Boolean.TRUE.equals(metadata.get("thinking")) || metadata.containsKey("signature")
				|| Boolean.parseBoolean(String.valueOf(metadata.get("isThought")));
	}

	private void metadata(@Nullable ChatResponseMetadata metadata) {
		if (metadata == null) {
			return;
		}
		if (metadata.getModel() != null && !metadata.getModel().isBlank()) {
			this.target = new Target(this.target.provider(), metadata.getModel());
		}
		if (metadata.getId() != null && !metadata.getId().isBlank()) {
			this.answer.requestId(metadata.getId());
		}
		Usage usage = usage(metadata.getUsage());
		if (!usage.equals(Usage.UNKNOWN)) {
			this.answer.usage(usage);
		}
	}

	/** Two zeros mean that the usage is not known, because no request has 0 tokens. */
	private static Usage usage(org.springframework.ai.chat.metadata.@Nullable Usage usage) {
		if (usage == null || usage instanceof EmptyUsage) {
			return Usage.UNKNOWN;
		}
		if (usage.getNativeUsage() instanceof Usage ours) {
			return ours;
		}
		boolean unknown = isZero(usage.getPromptTokens()) && isZero(usage.getCompletionTokens());
		return unknown ? Usage.UNKNOWN : new Usage(usage.getPromptTokens(), usage.getCompletionTokens(),
				toInteger(usage.getCacheReadInputTokens()), toInteger(usage.getCacheWriteInputTokens()), null);
	}

	private static boolean isZero(@Nullable Integer count) {
		return count == null || count == 0;
	}

	private static @Nullable Integer toInteger(@Nullable Long count) {
		return (count == null) ? null : Integer.valueOf(count.intValue());
	}

	/** The end of the answer; empty without a finish reason, which is an interruption. */
	List<LlmEvent> end() {
		if (this.finishReason == null) {
			return List.of();
		}
		LlmResponse response = this.answer.stopReason(StopWords.read(this.finishReason, this.calls > 0))
			.build(this.target, Json::object);
		return List.of(new LlmEvent.Completed(response));
	}

}
