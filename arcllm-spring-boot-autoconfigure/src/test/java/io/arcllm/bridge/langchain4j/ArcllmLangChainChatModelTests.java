package io.arcllm.bridge.langchain4j;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.ResponseFormat;
import io.arcllm.StopReason;
import io.arcllm.Target;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.ToolChoice;
import io.arcllm.Trail;
import io.arcllm.Usage;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Script;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A stack as LangChain4j's chat models: what is asked, and what is answered.
 */
class ArcllmLangChainChatModelTests {

	private static final Target TARGET = new Target("acme", "m");

	private final Script script = new Script("acme", Script.says("Hello"));

	private LlmRequest asked(ChatRequest request) {
		new ArcllmLangChainChatModel(this.script).chat(request);
		return this.script.lastRequest();
	}

	private static Told ask(LlmProvider llm, boolean streaming, ChatRequest request) {
		Told told = new Told();
		if (streaming) {
			new ArcllmLangChainStreamingChatModel(llm).chat(request, told);
			told.await();
		}
		else {
			try {
				told.onCompleteResponse(new ArcllmLangChainChatModel(llm).chat(request));
			}
			catch (RuntimeException ex) {
				told.onError(ex);
			}
		}
		return told;
	}

	private static Told ask(LlmProvider llm, boolean streaming) {
		return ask(llm, streaming, ChatRequest.builder().messages(UserMessage.from("Hi")).build());
	}

	private static LlmResponse answer(String text, StopReason.Type reason, Usage usage, ToolCall... calls) {
		return new LlmResponse(text, List.of(), List.of(calls), usage, StopReason.of(reason), TARGET, "r1", null, null,
				Trail.EMPTY);
	}

	@Test
	void aConversationIsAskedTurnByTurn() {
		ToolExecutionRequest rome = ToolExecutionRequest.builder()
			.id("c1")
			.name("weather")
			.arguments("{\"city\":\"Rome\"}")
			.build();
		ToolExecutionRequest oslo = ToolExecutionRequest.builder().id("c2").name("weather").arguments("").build();
		LlmRequest request = asked(ChatRequest.builder()
			.messages(SystemMessage.from("Be brief."), UserMessage.from("Rome?"),
					AiMessage.from("Let me see.", List.of(rome, oslo)), ToolExecutionResultMessage.from(rome, "sunny"),
					ToolExecutionResultMessage.builder().id("c2").toolName("weather").text("no").isError(true).build())
			.build());
		assertThat(request.messages()).containsExactly(Message.system("Be brief."), Message.user("Rome?"),
				Message.assistant(List.of(new Content.Text("Let me see."),
						new ToolCall("c1", "weather", "{\"city\":\"Rome\"}", Map.of("city", "Rome")),
						new ToolCall("c2", "weather", "{}", Map.of()))),
				Message.toolResults(Content.ToolResult.of("c1", "sunny"), Content.ToolResult.error("c2", "no")));
	}

	@Test
	void parametersAreAskedAndWhatIsUnsetIsNot() {
		assertThat(asked(ChatRequest.builder().messages(UserMessage.from("Hi")).build()))
			.isEqualTo(LlmRequest.of("Hi"));
		JsonObjectSchema city = JsonObjectSchema.builder().addStringProperty("city").required("city").build();
		LlmRequest request = asked(ChatRequest.builder()
			.messages(UserMessage.from("Hi"))
			.modelName("m2")
			.maxOutputTokens(7)
			.temperature(0.0)
			.topK(3)
			.stopSequences(List.of("END"))
			.toolSpecifications(ToolSpecification.builder().name("weather").parameters(city).build())
			.toolChoice(dev.langchain4j.model.chat.request.ToolChoice.REQUIRED)
			.responseFormat(dev.langchain4j.model.chat.request.ResponseFormat.builder()
				.type(ResponseFormatType.JSON)
				.jsonSchema(JsonSchema.builder().name("Place").rootElement(city).build())
				.build())
			.build());
		Map<String, Object> schema = Map.of("type", "object", "properties", Map.of("city", Map.of("type", "string")),
				"required", List.of("city"));
		assertThat(request.model()).isEqualTo("m2");
		assertThat(request.maxTokens()).isEqualTo(7);
		assertThat(request.temperature()).isZero();
		assertThat(request.stop()).containsExactly("END");
		assertThat(request.options()).isEqualTo(Map.of("top_k", 3));
		assertThat(request.tools()).containsExactly(Tool.of("weather", "", schema));
		assertThat(request.toolChoice()).isEqualTo(ToolChoice.REQUIRED);
		assertThat(request.responseFormat())
			.isEqualTo(new ResponseFormat(ResponseFormat.Type.JSON_SCHEMA, "Place", schema, null));
	}

	@Test
	void picturesAreShown() {
		UserMessage message = UserMessage.from(TextContent.from("What?"), ImageContent.from("AQI=", "image/png"),
				ImageContent.from("https://example.com/a.png"), ImageContent.from("data:image/gif;base64,AQI="));
		List<Content> content = asked(ChatRequest.builder().messages(message).build()).messages().get(0).content();
		assertThat(((Content.Bytes) ((Content.Image) content.get(1)).source()).data()).containsExactly(1, 2);
		assertThat(((Content.Image) content.get(2)).source()).hasToString("Link[url=https://example.com/a.png]");
		assertThat(((Content.Image) content.get(3)).source()).hasToString("Bytes[image/gif, 2 bytes]");
	}

	@WholeAndStreamed
	void whatNoTargetTakesIsRefusedBeforeAnythingIsAsked(boolean streaming) {
		Told told = ask(this.script, streaming,
				ChatRequest.builder().messages(UserMessage.from(AudioContent.from("AQI=", "audio/mp3"))).build());
		assertThat(told.failures).singleElement().isInstanceOf(LlmException.class);
		assertThat(this.script.asked()).isZero();
	}

	@WholeAndStreamed
	void anAnswerSaysAllThatIsKnown(boolean streaming) {
		LlmResponse answer = answer("Hello", StopReason.Type.MAX_TOKENS, Usage.of(3, 4));
		Told told = ask(new Script("acme",
				Flux.just(new LlmEvent.TextDelta("Hel"), new LlmEvent.TextDelta("lo"), new LlmEvent.Completed(answer))),
				streaming);
		ChatResponse response = told.answers.get(0);
		assertThat(told.words).isEqualTo(streaming ? List.of("Hel", "lo") : List.of());
		assertThat(response.aiMessage().text()).isEqualTo("Hello");
		assertThat(response.id()).isEqualTo("r1");
		assertThat(response.modelName()).isEqualTo("m");
		assertThat(response.finishReason()).isEqualTo(FinishReason.LENGTH);
		assertThat(response.tokenUsage()).isEqualTo(new TokenUsage(3, 4));
		assertThat(((ArcllmChatResponseMetadata) response.metadata()).trail()).isEqualTo(Trail.EMPTY);
		assertThat(response.metadata().toBuilder().build()).isEqualTo(response.metadata());
	}

	@WholeAndStreamed
	void usageThatIsNotKnownIsNone(boolean streaming) {
		assertThat(ask(this.script, streaming).answers.get(0).tokenUsage()).isNull();
	}

	@WholeAndStreamed
	void anErrorIsTheExceptionItselfOnce(boolean streaming) {
		LlmException failure = LlmException.of(ErrorKind.OVERLOADED, "Busy").build();
		Told told = ask((request) -> Flux.error(failure), streaming);
		assertThat(told.failures).containsExactly(failure);
		assertThat(told.answers).isEmpty();
	}

	@Test
	void twoAnswersAreNeverJoined() {
		Told told = ask(
				(request) -> Flux.just(new LlmEvent.TextDelta("One "), new LlmEvent.Restarted(TARGET, "It broke off"),
						new LlmEvent.TextDelta("Eins"), Script.completed("Eins")),
				true);
		assertThat(told.words).containsExactly("One ");
		assertThat(told.answers).isEmpty();
		assertThat(((LlmException) told.failures.get(0)).kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(told.failures).hasSize(1);
	}

	@Test
	void aToolCallIsCompleteWhenTheAnswerIs() {
		ToolCall call = new ToolCall("c1", "weather", "{\"city\":\"Rome\"}", Map.of("city", "Rome"));
		LlmEvent begun = new LlmEvent.ToolCallDelta(0, "c1", "weather", "{\"city\":");
		Told broken = ask((request) -> Flux.concat(Flux.just(begun, new LlmEvent.ToolCallDelta(0, "", "", "\"Rome\"}")),
				Script.fails(ErrorKind.NETWORK)), true);
		assertThat(broken.calls).isEmpty();
		Told whole = ask((request) -> Flux.just(begun, new LlmEvent.ToolCallDelta(0, "", "", "\"Rome\"}"),
				new LlmEvent.Completed(answer("", StopReason.Type.TOOL_USE, Usage.UNKNOWN, call))), true);
		assertThat(whole.pieces).containsExactly("c1 weather {\"city\":", "c1 weather \"Rome\"}");
		assertThat(whole.calls).containsExactly("{\"city\":\"Rome\"}");
		assertThat(whole.answers.get(0).finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
	}

	@Test
	void aHandlerThatThrowsIsToldOfItOnceAndNothingMore() {
		Told told = new Told() {

			@Override
			public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
				super.onPartialResponse(partial, context);
				throw new IllegalStateException("No more");
			}

		};
		new ArcllmLangChainStreamingChatModel(this.script).chat("Hi", told);
		told.await();
		assertThat(told.failures).singleElement().isInstanceOf(IllegalStateException.class);
		assertThat(told.answers).isEmpty();
	}

	@Test
	void aStreamThatTheHandlerCancelsIsCancelledAndSilent() throws InterruptedException {
		CountDownLatch cancelled = new CountDownLatch(1);
		Told told = new Told() {

			@Override
			public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
				super.onPartialResponse(partial, context);
				context.streamingHandle().cancel();
			}

		};
		new ArcllmLangChainStreamingChatModel(
				(request) -> Flux.concat(Flux.<LlmEvent>just(new LlmEvent.TextDelta("One ")), Flux.<LlmEvent>never())
					.doOnCancel(cancelled::countDown))
			.chat("Hi", told);
		assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(told.answers).isEmpty();
		assertThat(told.failures).isEmpty();
	}

	@Test
	void aHandlerMayBlock() {
		Told told = new Told() {

			@Override
			public void onCompleteResponse(ChatResponse response) {
				Throwable failure = catchThrowable(
						() -> new ArcllmLangChainChatModel(ArcllmLangChainChatModelTests.this.script).chat("And?"));
				if (failure == null) {
					super.onCompleteResponse(response);
				}
				else {
					onError(failure);
				}
			}

		};
		new ArcllmLangChainStreamingChatModel((request) -> Script.says("Hello").publishOn(Schedulers.parallel()))
			.chat("Hi", told);
		told.await();
		assertThat(told.failures).isEmpty();
	}

	@Test
	void schemasAreDeclared() {
		assertThat(new ArcllmLangChainChatModel(this.script).supportedCapabilities())
			.containsExactly(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
		assertThat(new ArcllmLangChainStreamingChatModel(this.script).supportedCapabilities())
			.containsExactly(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
	}

	@WholeAndStreamed
	void thinkingGoesBackWithItsSignature(boolean streaming) {
		Content.Thinking thought = new Content.Thinking("Hm.", "sig", null, "acme");
		LlmResponse answer = new LlmResponse("Hello", List.of(thought), List.of(), Usage.UNKNOWN,
				StopReason.of(StopReason.Type.END_TURN), TARGET, null, null, null, Trail.EMPTY);
		Told told = ask(new Script("acme", Flux.just(new LlmEvent.TextDelta("Hello"), new LlmEvent.Completed(answer))),
				streaming);
		AiMessage spoken = told.answers.get(0).aiMessage();
		assertThat(spoken.thinking()).isEqualTo("Hm.");
		assertThat(asked(ChatRequest.builder().messages(spoken).build()).messages())
			.containsExactly(answer.toMessage());
	}

	/** What a handler was told. */
	private static class Told implements StreamingChatResponseHandler {

		final List<String> words = new CopyOnWriteArrayList<>();

		final List<String> pieces = new CopyOnWriteArrayList<>();

		final List<String> calls = new CopyOnWriteArrayList<>();

		final List<ChatResponse> answers = new CopyOnWriteArrayList<>();

		final List<Throwable> failures = new CopyOnWriteArrayList<>();

		private final CountDownLatch ended = new CountDownLatch(1);

		@Override
		public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
			this.words.add(partial.text());
		}

		@Override
		public void onPartialToolCall(PartialToolCall call) {
			this.pieces.add(call.id() + " " + call.name() + " " + call.partialArguments());
		}

		@Override
		public void onCompleteToolCall(CompleteToolCall call) {
			this.calls.add(call.toolExecutionRequest().arguments());
		}

		@Override
		public void onCompleteResponse(ChatResponse response) {
			this.answers.add(response);
			this.ended.countDown();
		}

		@Override
		public void onError(Throwable error) {
			this.failures.add(error);
			this.ended.countDown();
		}

		void await() {
			try {
				assertThat(this.ended.await(10, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
