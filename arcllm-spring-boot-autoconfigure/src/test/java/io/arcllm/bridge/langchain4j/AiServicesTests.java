package io.arcllm.bridge.langchain4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.guardrail.InputGuardrail;
import dev.langchain4j.guardrail.InputGuardrailException;
import dev.langchain4j.guardrail.InputGuardrailResult;
import dev.langchain4j.guardrail.OutputGuardrail;
import dev.langchain4j.guardrail.OutputGuardrailResult;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.moderation.Moderation;
import dev.langchain4j.model.moderation.ModerationModel;
import dev.langchain4j.model.moderation.ModerationRequest;
import dev.langchain4j.model.moderation.ModerationResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Moderate;
import dev.langchain4j.service.ModerationException;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.TokenStream;
import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.ResponseFormat;
import io.arcllm.StopReason;
import io.arcllm.Target;
import io.arcllm.ToolCall;
import io.arcllm.Trail;
import io.arcllm.Usage;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Script;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What LangChain4j has on top of a chat model, on top of a stack.
 */
class AiServicesTests {

	private static final Target TARGET = new Target("acme", "m");

	private static AiServices<Assistant> assistant(LlmProvider llm) {
		return AiServices.builder(Assistant.class)
			.chatModel(new ArcllmLangChainChatModel(llm))
			.streamingChatModel(new ArcllmLangChainStreamingChatModel(llm));
	}

	/** The words of an answer; of a stream both those that came and those of its end. */
	private static String ask(Assistant assistant, String question, boolean streaming) {
		if (!streaming) {
			return assistant.chat(question);
		}
		StringBuilder words = new StringBuilder();
		ChatResponse response = whole(assistant.stream(question).onPartialResponse(words::append));
		assertThat(words).hasToString(response.aiMessage().text());
		return words.toString();
	}

	private static ChatResponse whole(TokenStream stream) {
		CompletableFuture<ChatResponse> end = new CompletableFuture<>();
		stream.onCompleteResponse(end::complete).onError(end::completeExceptionally).start();
		return end.orTimeout(10, TimeUnit.SECONDS).join();
	}

	private static Flux<LlmEvent> calls(String city) {
		ToolCall call = new ToolCall("c1", "weather", "{\"city\":\"" + city + "\"}", Map.of("city", city));
		LlmResponse answer = new LlmResponse("", List.of(new Content.Thinking("Hm.", "sig", null, "acme")),
				List.of(call), Usage.of(3, 4), StopReason.of(StopReason.Type.TOOL_USE), TARGET, "r1", null, null,
				Trail.EMPTY);
		return Flux.just(new LlmEvent.ThinkingDelta("Hm."),
				new LlmEvent.ToolCallDelta(0, "c1", "weather", "{\"city\":\"" + city + "\"}"),
				new LlmEvent.Completed(answer));
	}

	@WholeAndStreamed
	void toolsAreRunByItsOwnLoopOnceAndThinkingGoesBackSigned(boolean streaming) {
		Script script = new Script("acme", calls("Rome"), Script.says("It is sunny."));
		Weather weather = new Weather();
		Assistant assistant = assistant(script).tools(weather).build();
		assertThat(ask(assistant, "Rome?", streaming)).isEqualTo("It is sunny.");
		assertThat(weather.asked).containsExactly("Rome");
		List<Message> turns = script.lastRequest().messages();
		assertThat(turns).hasSize(3);
		assertThat(turns.get(1).content().get(0)).isEqualTo(new Content.Thinking("Hm.", "sig", null, "acme"));
		assertThat(turns.get(2)).isEqualTo(Message.toolResult("c1", "sunny in Rome"));
	}

	@WholeAndStreamed
	void memoryCarriesTheConversation(boolean streaming) {
		Script script = new Script("acme", Script.says("Hello, Ann."), Script.says("You are Ann."));
		Assistant assistant = assistant(script).chatMemory(MessageWindowChatMemory.withMaxMessages(9)).build();
		ask(assistant, "I am Ann.", streaming);
		ask(assistant, "Who am I?", streaming);
		assertThat(script.lastRequest().messages()).containsExactly(Message.user("I am Ann."),
				Message.assistant("Hello, Ann."), Message.user("Who am I?"));
	}

	@WholeAndStreamed
	void retrievedContentIsAskedWith(boolean streaming) {
		Script script = new Script("acme", Script.says("On the 3rd."));
		Assistant assistant = assistant(script)
			.contentRetriever(
					(query) -> List.of(dev.langchain4j.rag.content.Content.from("The fair opens on the 3rd.")))
			.build();
		assertThat(ask(assistant, "When?", streaming)).isEqualTo("On the 3rd.");
		assertThat(script.lastRequest().messages().get(0).text()).contains("The fair opens on the 3rd.", "When?");
	}

	@Test
	void inputGuardrailsRefuseBeforeAnythingIsAsked() {
		Script script = new Script("acme", Script.says("Hello"));
		Assistant assistant = assistant(script).inputGuardrails(new InputGuardrail() {

			@Override
			public InputGuardrailResult validate(UserMessage message) {
				return message.singleText().contains("secret") ? fatal("No.") : success();
			}

		}).build();
		assertThatExceptionOfType(InputGuardrailException.class).isThrownBy(() -> assistant.chat("A secret"));
		assertThat(script.asked()).isZero();
		assertThat(assistant.chat("Hi")).isEqualTo("Hello");
	}

	@WholeAndStreamed
	void outputGuardrailsAskAgain(boolean streaming) {
		Script script = new Script("acme", Script.says("Damn."), Script.says("Hello"));
		Assistant assistant = assistant(script).outputGuardrails(new OutputGuardrail() {

			@Override
			public OutputGuardrailResult validate(AiMessage message) {
				return message.text().contains("Damn") ? reprompt("It swears", "Be polite.") : success();
			}

		}).build();
		// LangChain4j tells the partial responses of the first answer, too
		assertThat(streaming ? whole(assistant.stream("Hi").onPartialResponse((word) -> {
		})).aiMessage().text() : assistant.chat("Hi")).isEqualTo("Hello");
		assertThat(script.asked()).isEqualTo(2);
		assertThat(script.lastRequest().messages()).last().isEqualTo(Message.user("Be polite."));
	}

	@Test
	void moderationStopsACall() {
		ModerationModel moderation = new ModerationModel() {

			@Override
			public ModerationResponse doModerate(ModerationRequest request) {
				return ModerationResponse.builder().moderation(Moderation.flagged("A threat")).build();
			}

		};
		Moderated assistant = AiServices.builder(Moderated.class)
			.chatModel(new ArcllmLangChainChatModel(new Script("acme", Script.says("Hello"))))
			.moderationModel(moderation)
			.build();
		assertThatExceptionOfType(ModerationException.class).isThrownBy(() -> assistant.chat("A threat"));
	}

	@Test
	void returnTypesAreAskedForAsASchema() {
		Script script = new Script("acme", Script.says("{\"city\":\"Rome\",\"people\":3}"));
		assertThat(assistant(script).build().place("Which?")).isEqualTo(new Place("Rome", 3));
		assertThat(script.lastRequest().responseFormat().type()).isEqualTo(ResponseFormat.Type.JSON_SCHEMA);
		assertThat(script.lastRequest().responseFormat().schema().toString()).contains("people");
		assertThat(assistant(new Script("acme", Script.says("{\"values\":[\"a\",\"b\"]}"))).build().list("Which?"))
			.containsExactly("a", "b");
	}

	@WholeAndStreamed
	void theTrailIsInTheMetadata(boolean streaming) {
		Assistant assistant = assistant(new Script("acme", calls("Rome"), Script.says("It is sunny.")))
			.tools(new Weather())
			.build();
		ChatResponse response = streaming ? whole(assistant.stream("Rome?").onPartialResponse((word) -> {
		})) : assistant.result("Rome?").finalResponse();
		assertThat(response.metadata()).isInstanceOfSatisfying(ArcllmChatResponseMetadata.class,
				(metadata) -> assertThat(metadata.trail()).isEqualTo(Trail.EMPTY));
	}

	@WholeAndStreamed
	void anErrorIsTheExceptionItself(boolean streaming) {
		LlmException failure = LlmException.of(ErrorKind.OVERLOADED, "Busy").build();
		Assistant assistant = assistant((request) -> Flux.error(failure)).build();
		Throwable thrown = catchThrowable(() -> ask(assistant, "Hi", streaming));
		assertThat(streaming ? thrown.getCause() : thrown).isSameAs(failure);
	}

	interface Assistant {

		String chat(String question);

		TokenStream stream(String question);

		Result<String> result(String question);

		Place place(String question);

		List<String> list(String question);

	}

	interface Moderated {

		@Moderate
		String chat(String question);

	}

	record Place(String city, int people) {
	}

	private static final class Weather {

		private final List<String> asked = new ArrayList<>();

		@Tool("The weather in a city")
		String weather(@P(name = "city", value = "where") String city) {
			this.asked.add(city);
			return "sunny in " + city;
		}

	}

}
