package io.arcllm.bridge.langchain4j;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessageType;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.ResponseFormat;
import io.arcllm.StopReason;
import io.arcllm.Target;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.ToolChoice;
import io.arcllm.Usage;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.attempt.ContractModule;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Chat models of LangChain4j as a target.
 */
class LangChain4jProviderTests {

	private static final Duration LIMIT = Duration.ofSeconds(10);

	private ChatRequest asked;

	private final ChatModel whole = new ChatModel() {

		@Override
		public ChatResponse doChat(ChatRequest request) {
			LangChain4jProviderTests.this.asked = request;
			return response("Hello", FinishReason.STOP);
		}

	};

	private static ChatResponse response(String text, FinishReason reason) {
		return ChatResponse.builder()
			.aiMessage(AiMessage.from(text))
			.id("r1")
			.modelName("gpt")
			.finishReason(reason)
			.tokenUsage(new TokenUsage(3, 4))
			.build();
	}

	private static List<LlmEvent> ask(ChatModel whole, StreamingChatModel streaming, LlmRequest request) {
		return new ContractModule(new LangChain4jProvider("house", null, whole, streaming), new Target("house", null))
			.exchange(request)
			.collectList()
			.block(LIMIT);
	}

	private static LlmResponse last(List<LlmEvent> events) {
		return events.get(events.size() - 1).answer();
	}

	@WholeAndStreamed
	void eachModelAloneAnswersBothWays(boolean streaming) {
		StreamingChatModel stream = new Streaming((handler) -> {
			handler.onPartialResponse("Hel");
			handler.onPartialResponse("lo");
			handler.onCompleteResponse(response("Hello", FinishReason.STOP));
		});
		LlmRequest request = LlmRequest.of("Hi").withStreaming(streaming);
		for (List<LlmEvent> events : List.of(ask(this.whole, null, request), ask(null, stream, request))) {
			LlmResponse answer = last(events);
			assertThat(answer.text()).isEqualTo("Hello");
			assertThat(answer.usage()).isEqualTo(Usage.of(3, 4));
			assertThat(answer.stopReason().type()).isEqualTo(StopReason.Type.END_TURN);
			assertThat(answer.target()).hasToString("house/gpt");
			assertThat(answer.requestId()).isEqualTo("r1");
		}
		assertThat(ask(null, stream, request)).startsWith(new LlmEvent.TextDelta("Hel"), new LlmEvent.TextDelta("lo"));
	}

	@Test
	void aStreamWithoutAFinishReasonIsAnInterruption() {
		StreamingChatModel stream = new Streaming((handler) -> {
			handler.onPartialResponse("Hel");
			handler.onCompleteResponse(response("Hel", null));
		});
		LlmException failure = catchThrowableOfType(LlmException.class, () -> ask(null, stream, LlmRequest.of("Hi")));
		assertThat(failure.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(failure.partial().text()).isEqualTo("Hel");
	}

	@Test
	void whatFollowsAnErrorIsNotHeard() {
		StreamingChatModel stream = new Streaming((handler) -> {
			handler.onPartialResponse("Hel");
			handler.onError(new java.io.IOException("reset"));
			handler.onCompleteResponse(response("Hel", FinishReason.STOP));
		});
		LlmException failure = catchThrowableOfType(LlmException.class, () -> ask(null, stream, LlmRequest.of("Hi")));
		assertThat(failure.kind()).isEqualTo(ErrorKind.INTERRUPTED);
	}

	@Test
	void cancellingReachesTheModel() throws InterruptedException {
		CountDownLatch cancelled = new CountDownLatch(1);
		StreamingChatModel stream = new Streaming((handler) -> handler.onPartialResponse(new PartialResponse("Hel"),
				new PartialResponseContext(new StreamingHandle() {

					@Override
					public void cancel() {
						cancelled.countDown();
					}

					@Override
					public boolean isCancelled() {
						return false;
					}

				})));
		new LangChain4jProvider("house", null, null, stream).stream(LlmRequest.of("Hi")).blockFirst(LIMIT);
		assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
	}

	@WholeAndStreamed
	void toolCallsAreReadOnceAndNotRun(boolean streaming) {
		ToolExecutionRequest call = ToolExecutionRequest.builder().id("c1").name("weather").arguments("{}").build();
		ChatResponse response = ChatResponse.builder()
			.aiMessage(AiMessage.from(call))
			.finishReason(FinishReason.TOOL_EXECUTION)
			.build();
		StreamingChatModel stream = new Streaming((handler) -> {
			handler.onCompleteToolCall(new CompleteToolCall(0, call));
			handler.onCompleteResponse(response);
		});
		LlmResponse answer = last(ask(null, stream, LlmRequest.of("Hi").withStreaming(streaming)));
		assertThat(answer.toolCalls()).containsExactly(new ToolCall("c1", "weather", "{}", Map.of()));
		assertThat(answer.stopReason().type()).isEqualTo(StopReason.Type.TOOL_USE);
		assertThat(answer.usage()).isEqualTo(Usage.UNKNOWN);
	}

	@Test
	void aRequestIsWritten() {
		Map<String, Object> schema = Map.of("type", "object", "properties", Map.of("city", Map.of("type", "string")),
				"required", List.of("city"));
		ask(this.whole, null,
				LlmRequest.builder()
					.messages(Message.system("Be brief."), Message.user("Rome?"),
							Message.assistant(List.of(ToolCall.of("c1", "weather", Map.of("city", "Rome")))),
							Message.toolResult("c1", "sunny"))
					.tools(Tool.of("weather", "The weather", schema))
					.toolChoice(ToolChoice.REQUIRED)
					.responseFormat(ResponseFormat.jsonSchema("place", schema))
					.maxTokens(7)
					.build());
		assertThat(this.asked.messages()).extracting((message) -> message.type())
			.containsExactly(ChatMessageType.SYSTEM, ChatMessageType.USER, ChatMessageType.AI,
					ChatMessageType.TOOL_EXECUTION_RESULT);
		assertThat(this.asked.maxOutputTokens()).isEqualTo(7);
		assertThat(JsonSchemaElementUtils.toMap(this.asked.toolSpecifications().get(0).parameters())).isEqualTo(schema);
		assertThat(JsonSchemaElementUtils.toMap(this.asked.responseFormat().jsonSchema().rootElement()))
			.isEqualTo(schema);
	}

	private interface Speech {

		void to(StreamingChatResponseHandler handler);

	}

	/** A streaming model that says what it is given. */
	private record Streaming(Speech speech) implements StreamingChatModel {

		@Override
		public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
			this.speech.to(handler);
		}

	}

}
