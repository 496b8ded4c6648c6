package io.arcllm.bridge.langchain4j;

import java.util.ArrayList;
import java.util.List;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.arcllm.AnswerBuilder;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.StopReason;
import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.provider.StopWords;
import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Reads one answer of LangChain4j, whole or in pieces. A stream is complete only with a
 * finish reason. Not safe for use by several threads.
 */
final class ResponseReader {

	private final AnswerBuilder answer = new AnswerBuilder();

	private final Target target;

	private boolean words;

	private boolean thoughts;

	private int calls;

	ResponseReader(Target target) {
		this.target = target;
	}

	LlmEvent add(LlmEvent delta) {
		this.words |= delta instanceof LlmEvent.TextDelta;
		this.thoughts |= delta instanceof LlmEvent.ThinkingDelta;
		this.answer.add(delta);
		return delta;
	}

	LlmEvent call(ToolExecutionRequest call) {
		return add(new LlmEvent.ToolCallDelta(this.calls++, (call.id() == null) ? "" : call.id(), call.name(),
				(call.arguments() == null) ? "" : call.arguments()));
	}

	/** All events of a whole answer, which needs no finish reason. */
	List<LlmEvent> whole(@Nullable ChatResponse response) {
		FinishReason reason = (response == null) ? null : response.finishReason();
		return rest(response, (reason != null) ? reason : FinishReason.STOP);
	}

	/**
	 * The rest of a streamed answer; it ends only with a finish reason.
	 */
	List<LlmEvent> rest(@Nullable ChatResponse response) {
		return rest(response, (response == null) ? null : response.finishReason());
	}

	/**
	 * The error of a model that returned no answer, as doubles of tests and proxies do.
	 */
	LlmException noAnswer() {
		return LlmException.of(ErrorKind.PROTOCOL, this.target + " gave no answer").target(this.target).build();
	}

	private List<LlmEvent> rest(@Nullable ChatResponse response, @Nullable FinishReason reason) {
		if (response == null) {
			throw noAnswer();
		}
		AiMessage message = response.aiMessage();
		List<LlmEvent> rest = new ArrayList<>();
		if (!this.thoughts && message.thinking() != null && !message.thinking().isEmpty()) {
			rest.add(add(new LlmEvent.ThinkingDelta(message.thinking())));
		}
		if (!this.words && message.text() != null && !message.text().isEmpty()) {
			rest.add(add(new LlmEvent.TextDelta(message.text())));
		}
		List<ToolExecutionRequest> all = message.toolExecutionRequests();
		while (this.calls < all.size()) {
			rest.add(call(all.get(this.calls)));
		}
		if (reason != null) {
			rest.add(completed(response, reason));
		}
		return rest;
	}

	private LlmEvent completed(ChatResponse response, FinishReason reason) {
		String model = response.modelName();
		StopReason stop = StopWords.read(reason.name(), this.calls > 0);
		return new LlmEvent.Completed(this.answer.usage(usage(response.tokenUsage()))
			.requestId(response.id())
			.stopReason(stop)
			.build((model == null || model.isBlank()) ? this.target : new Target(this.target.provider(), model),
					Json::object));
	}

	private static Usage usage(@Nullable TokenUsage usage) {
		return (usage == null) ? Usage.UNKNOWN
				: new Usage(usage.inputTokenCount(), usage.outputTokenCount(), null, null, null);
	}

}
