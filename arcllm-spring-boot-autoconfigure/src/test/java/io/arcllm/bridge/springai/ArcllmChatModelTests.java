package io.arcllm.bridge.springai;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.metadata.EmptyUsage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.content.Media;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.function.FunctionToolCallback;
import reactor.core.publisher.Flux;

import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A stack as Spring AI's chat model: what is asked, and what is answered.
 */
class ArcllmChatModelTests {

	private static final Duration LIMIT = Duration.ofSeconds(10);

	private static final Target TARGET = new Target("acme", "m");

	private Script script = new Script("acme", Script.says("Hello"));

	private LlmRequest asked(Prompt prompt) {
		new ArcllmChatModel(this.script).call(prompt);
		return this.script.lastRequest();
	}

	private List<ChatResponse> ask(LlmProvider llm, boolean streaming) {
		ArcllmChatModel model = new ArcllmChatModel(llm);
		Prompt prompt = new Prompt("Hi");
		return streaming ? model.stream(prompt).collectList().block(LIMIT) : List.of(model.call(prompt));
	}

	private static ChatResponse last(List<ChatResponse> responses) {
		return responses.get(responses.size() - 1);
	}

	private static Flux<LlmEvent> answers(LlmResponse answer) {
		return answer.text().isEmpty() ? Flux.just(new LlmEvent.Completed(answer))
				: Flux.just(new LlmEvent.TextDelta(answer.text()), new LlmEvent.Completed(answer));
	}

	private static LlmResponse answer(String text, StopReason reason, Usage usage, ToolCall... calls) {
		return new LlmResponse(text, List.of(), List.of(calls), usage, reason, TARGET, "r1", null, null, Trail.EMPTY);
	}

	@Test
	void aConversationIsAskedTurnByTurn() {
		AssistantMessage turn = AssistantMessage.builder()
			.content("Let me see.")
			.toolCalls(List.of(new AssistantMessage.ToolCall("c1", "function", "weather", "{\"city\":\"Rome\"}")))
			.build();
		ToolResponseMessage results = ToolResponseMessage.builder()
			.responses(List.of(new ToolResponseMessage.ToolResponse("c1", "weather", "sunny")))
			.build();
		LlmRequest request = asked(
				new Prompt(List.of(new SystemMessage("Be brief."), new UserMessage("Rome?"), turn, results)));
		assertThat(request.messages()).containsExactly(Message.system("Be brief."), Message.user("Rome?"),
				Message.assistant(List.of(new Content.Text("Let me see."),
						new ToolCall("c1", "weather", "{\"city\":\"Rome\"}", Map.of("city", "Rome")))),
				Message.toolResult("c1", "sunny"));
	}

	@Test
	void optionsOfOtherClassesAreTakenByTheirPortablePart() {
		ChatOptions options = ChatOptions.builder()
			.model("m2")
			.maxTokens(7)
			.temperature(0.0)
			.topP(0.5)
			.topK(3)
			.stopSequences(List.of("END"))
			.frequencyPenalty(0.1)
			.presencePenalty(0.2)
			.build();
		LlmRequest request = asked(new Prompt("Hi", options));
		assertThat(request.model()).isEqualTo("m2");
		assertThat(request.maxTokens()).isEqualTo(7);
		assertThat(request.temperature()).isZero();
		assertThat(request.topP()).isEqualTo(0.5);
		assertThat(request.stop()).containsExactly("END");
		assertThat(request.options()).isEqualTo(Map.of("top_k", 3, "frequency_penalty", 0.1, "presence_penalty", 0.2));
	}

	@Test
	void whatIsUnsetIsNotAsked() {
		LlmRequest request = asked(new Prompt("Hi"));
		assertThat(request).isEqualTo(LlmRequest.of("Hi"));
	}

	@Test
	void toolsAndSchemasAreAskedByTheirInterfaces() {
		ToolCallback tool = FunctionToolCallback.builder("weather", (Map<String, Object> in) -> "sunny")
			.description("The weather")
			.inputSchema("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}")
			.inputType(Map.class)
			.build();
		assertThat(asked(new Prompt("Hi", ToolCallingChatOptions.builder().toolCallbacks(tool).build())).tools())
			.containsExactly(Tool.of("weather", "The weather",
					Map.of("type", "object", "properties", Map.of("city", Map.of("type", "string")))));
		ChatOptions schema = StructuredOutputChatOptions.builder().outputSchema("{\"type\":\"object\"}").build();
		assertThat(asked(new Prompt("Hi", schema)).responseFormat())
			.isEqualTo(ResponseFormat.jsonSchema("answer", Map.of("type", "object")));
	}

	@Test
	void ourOptionsSayWhatAStackKnowsBesides() {
		LlmRequest request = asked(new Prompt("Hi",
				ArcllmChatOptions.builder()
					.toolChoice(ToolChoice.NONE)
					.callOptions((o) -> o.retry(false))
					.vendorOption("seed", 7)
					.build()));
		assertThat(request.toolChoice()).isEqualTo(ToolChoice.NONE);
		assertThat(request.callOptions().modules()).containsKey("retry");
		assertThat(request.options()).isEqualTo(Map.of("seed", 7));
	}

	@Test
	void optionsAreCombinedWhateverTheirClass() {
		ArcllmChatOptions ours = ArcllmChatOptions.builder().model("a").temperature(0.3).build();
		assertThat(ours.mutate().combineWith(ChatOptions.builder().model("b")).build())
			.isEqualTo(ArcllmChatOptions.builder().model("b").temperature(0.3).build());
		assertThat(ours.mutate().combineWith(StructuredOutputChatOptions.builder().outputSchema("{}")).build())
			.isEqualTo(ArcllmChatOptions.builder().model("a").temperature(0.3).outputSchema("{}").build());
		assertThat(ours.mutate().build()).isEqualTo(ours).hasSameHashCodeAs(ours);
		assertThat(ours).isInstanceOf(ToolCallingChatOptions.class).isInstanceOf(StructuredOutputChatOptions.class);
	}

	@Test
	void picturesAndDocumentsAreShown() {
		byte[] bytes = { 1, 2 };
		UserMessage message = UserMessage.builder()
			.text("What?")
			.media(new Media(MimeTypeUtils.IMAGE_PNG, new ByteArrayResource(bytes)),
					new Media(MimeTypeUtils.IMAGE_PNG, URI.create("https://example.com/a.png")),
					new Media(MimeTypeUtils.IMAGE_PNG, URI.create("data:image/png;base64,AQI=")),
					Media.builder().mimeType(MimeType.valueOf("application/pdf")).data(bytes).name("report").build())
			.build();
		List<Content> content = asked(new Prompt(message)).messages().get(0).content();
		assertThat(content.get(0)).isEqualTo(new Content.Text("What?"));
		assertThat(((Content.Bytes) ((Content.Image) content.get(1)).source()).data()).isEqualTo(bytes);
		assertThat(content.get(2)).isEqualTo(Content.Image.of(URI.create("https://example.com/a.png")));
		assertThat(((Content.Bytes) ((Content.Image) content.get(3)).source()).data()).isEqualTo(bytes);
		assertThat(((Content.Document) content.get(4)).name()).isEqualTo("report");
	}

	@WholeAndStreamed
	void mediaThatNoTargetTakesIsRefusedBeforeAnythingIsAsked(boolean streaming) {
		UserMessage message = UserMessage.builder()
			.text("What?")
			.media(new Media(MimeType.valueOf("audio/mp3"), new ByteArrayResource(new byte[1])))
			.build();
		ArcllmChatModel model = new ArcllmChatModel(this.script);
		Throwable failure = catchThrowable(() -> {
			if (streaming) {
				model.stream(new Prompt(message)).blockLast(LIMIT);
			}
			else {
				model.call(new Prompt(message));
			}
		});
		assertThat(failure).isInstanceOf(LlmException.class).hasMessageContaining("audio/mp3");
		assertThat(this.script.asked()).isZero();
	}

	@WholeAndStreamed
	void anAnswerSaysAllThatIsKnown(boolean streaming) {
		Usage usage = new Usage(3, 4, 2, 1, null);
		LlmResponse answer = answer("Hello", StopReason.of(StopReason.Type.END_TURN), usage);
		List<ChatResponse> responses = ask(new Script("acme", answers(answer)), streaming);
		ChatResponse last = last(responses);
		assertThat(responses).extracting((one) -> one.getResult().getOutput().getText())
			.isEqualTo(streaming ? List.of("Hello", "") : List.of("Hello"));
		assertThat(last.getMetadata().getId()).isEqualTo("r1");
		assertThat(last.getMetadata().getModel()).isEqualTo("m");
		assertThat(last.getMetadata().getUsage().getPromptTokens()).isEqualTo(3);
		assertThat(last.getMetadata().getUsage().getCompletionTokens()).isEqualTo(4);
		assertThat(last.getMetadata().getUsage().getCacheReadInputTokens()).isEqualTo(2);
		assertThat((Trail) last.getMetadata().get("arcllm.trail")).isEqualTo(Trail.EMPTY);
	}

	@WholeAndStreamed
	void usageThatIsNotKnownIsEmpty(boolean streaming) {
		assertThat(ask(this.script, streaming)).extracting((one) -> one.getMetadata().getUsage())
			.allMatch(EmptyUsage.class::isInstance);
	}

	@ParameterizedTest
	@CsvSource({ "END_TURN,end_turn,STOP", "STOP_SEQUENCE,x,STOP", "MAX_TOKENS,length,LENGTH",
			"TOOL_USE,tool_calls,TOOL_CALLS", "CONTENT_FILTER,SAFETY,CONTENT_FILTER", "REFUSAL,refusal,refusal",
			"OTHER,odd,odd" })
	void theReasonToStopIsToldOnce(StopReason.Type type, String raw, String told) {
		LlmResponse answer = answer("Hello", new StopReason(type, raw), Usage.UNKNOWN);
		for (boolean streaming : new boolean[] { false, true }) {
			List<ChatResponse> responses = ask(new Script("acme", answers(answer)), streaming);
			assertThat(responses).extracting((one) -> one.getResult().getMetadata().getFinishReason())
				.filteredOn((reason) -> reason != null)
				.containsExactly(told);
		}
	}

	@WholeAndStreamed
	void toolCallsAreToldOnceAndWhole(boolean streaming) {
		LlmResponse answer = answer("", StopReason.of(StopReason.Type.TOOL_USE), Usage.UNKNOWN,
				new ToolCall("c1", "weather", "{\"city\":\"Rome\"}", Map.of("city", "Rome")));
		Flux<LlmEvent> events = Flux.just(new LlmEvent.ToolCallDelta(0, "c1", "weather", "{\"city\":"),
				new LlmEvent.ToolCallDelta(0, "", "", "\"Rome\"}"), new LlmEvent.Completed(answer));
		List<ChatResponse> responses = ask(new Script("acme", events), streaming);
		assertThat(responses).flatExtracting((one) -> one.getResult().getOutput().getToolCalls())
			.containsExactly(new AssistantMessage.ToolCall("c1", "function", "weather", "{\"city\":\"Rome\"}"));
	}

	@WholeAndStreamed
	void anErrorIsTheExceptionItself(boolean streaming) {
		LlmException failure = LlmException.of(ErrorKind.OVERLOADED, "Busy").build();
		assertThat(catchThrowable(() -> ask((request) -> Flux.error(failure), streaming))).isSameAs(failure);
	}

	@Test
	void twoAnswersAreNeverJoined() {
		Flux<LlmEvent> events = Flux.just(new LlmEvent.TextDelta("One two "),
				new LlmEvent.Restarted(new Target("beta", "m"), "acme broke off"), new LlmEvent.TextDelta("Eins"),
				Script.completed("Eins"));
		StringBuilder told = new StringBuilder();
		Throwable failure = catchThrowable(() -> new ArcllmChatModel((request) -> events).stream(new Prompt("Hi"))
			.doOnNext((one) -> told.append(one.getResult().getOutput().getText()))
			.blockLast(LIMIT));
		assertThat(((LlmException) failure).kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(((LlmException) failure).partial().text()).isEqualTo("One two ");
		assertThat(told).hasToString("One two ");
	}

	@WholeAndStreamed
	void thinkingIsNoTextAndGoesBackWithItsSignature(boolean streaming) {
		Content.Thinking thought = new Content.Thinking("Hm.", "sig", null, "acme");
		LlmResponse answer = new LlmResponse("Hello", List.of(thought), List.of(), Usage.UNKNOWN,
				StopReason.of(StopReason.Type.END_TURN), TARGET, null, null, null, Trail.EMPTY);
		Flux<LlmEvent> events = Flux.just(new LlmEvent.ThinkingDelta("Hm."), new LlmEvent.TextDelta("Hello"),
				new LlmEvent.Completed(answer));
		List<ChatResponse> responses = ask(new Script("acme", events), streaming);
		assertThat(responses.stream().map((one) -> one.getResult().getOutput().getText()).reduce("", String::concat))
			.isEqualTo("Hello");
		AssistantMessage spoken = AssistantMessage.builder()
			.content("Hello")
			.properties(last(responses).getResult().getOutput().getMetadata())
			.build();
		assertThat(asked(new Prompt(spoken)).messages()).containsExactly(answer.toMessage());
	}

}
