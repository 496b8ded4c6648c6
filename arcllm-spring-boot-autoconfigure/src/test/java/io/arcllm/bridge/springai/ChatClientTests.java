package io.arcllm.bridge.springai;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
import io.arcllm.ToolChoice;
import io.arcllm.Trail;
import io.arcllm.Usage;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Script;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.advisor.MessageChatMemoryAdvisor;
import org.springframework.ai.chat.client.advisor.SafeGuardAdvisor;
import org.springframework.ai.chat.client.advisor.SimpleLoggerAdvisor;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.memory.MessageWindowChatMemory;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.document.Document;
import org.springframework.ai.rag.advisor.RetrievalAugmentationAdvisor;
import org.springframework.ai.tool.annotation.Tool;
import reactor.core.publisher.Flux;

import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.MimeTypeUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What Spring AI has on top of a chat model, on top of a stack.
 */
class ChatClientTests {

	private static final Duration LIMIT = Duration.ofSeconds(10);

	private static final Target TARGET = new Target("acme", "m");

	private static String content(ChatClient.ChatClientRequestSpec prompt, boolean streaming) {
		return streaming ? String.join("", prompt.stream().content().collectList().block(LIMIT))
				: prompt.call().content();
	}

	private static ChatClient client(LlmProvider llm) {
		return ChatClient.create(new ArcllmChatModel(llm));
	}

	/** An answer that calls a tool after it thought, as vendors that sign that do. */
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
		assertThat(content(client(script).prompt("Rome?").tools(weather), streaming)).isEqualTo("It is sunny.");
		assertThat(weather.asked).containsExactly("Rome");
		List<Message> turns = script.lastRequest().messages();
		assertThat(turns).hasSize(3);
		assertThat(turns.get(1).content().get(0)).isEqualTo(new Content.Thinking("Hm.", "sig", null, "acme"));
		assertThat(turns.get(2).content().get(0)).isInstanceOfSatisfying(Content.ToolResult.class,
				(result) -> assertThat(result.content()).containsExactly(new Content.Text("\"sunny in Rome\"")));
		assertThat(script.lastRequest().tools()).hasSize(1);
	}

	@WholeAndStreamed
	void memoryCarriesTheConversation(boolean streaming) {
		Script script = new Script("acme", Script.says("Hello, Ann."), Script.says("You are Ann."));
		ChatClient client = ChatClient.builder(new ArcllmChatModel(script))
			.defaultAdvisors(MessageChatMemoryAdvisor.builder(MessageWindowChatMemory.builder().build()).build())
			.build();
		for (String question : List.of("I am Ann.", "Who am I?")) {
			content(client.prompt(question).advisors((a) -> a.param(ChatMemory.CONVERSATION_ID, "c")), streaming);
		}
		assertThat(script.lastRequest().messages()).containsExactly(Message.user("I am Ann."),
				Message.assistant("Hello, Ann."), Message.user("Who am I?"));
	}

	@WholeAndStreamed
	void retrievedDocumentsAreAskedWith(boolean streaming) {
		Script script = new Script("acme", Script.says("On the 3rd."));
		RetrievalAugmentationAdvisor rag = RetrievalAugmentationAdvisor.builder()
			.documentRetriever((query) -> List.of(new Document("The fair opens on the 3rd.")))
			.build();
		assertThat(content(client(script).prompt("When?").advisors(rag), streaming)).isEqualTo("On the 3rd.");
		assertThat(script.lastRequest().messages().get(0).text()).contains("The fair opens on the 3rd.", "When?");
	}

	@WholeAndStreamed
	void guardsRefuseBeforeAnythingIsAsked(boolean streaming) {
		Script script = new Script("acme", Script.says("Hello"));
		SafeGuardAdvisor guard = SafeGuardAdvisor.builder()
			.sensitiveWords(List.of("secret"))
			.failureResponse("No.")
			.build();
		assertThat(content(client(script).prompt("A secret").advisors(guard, new SimpleLoggerAdvisor()), streaming))
			.isEqualTo("No.");
		assertThat(script.asked()).isZero();
	}

	@Test
	void anEntityIsAskedForInWordsOrByTheProvidersOwnSchema() {
		Script script = new Script("acme", Script.says("{\"city\":\"Rome\",\"people\":3}"));
		assertThat(client(script).prompt("Which?").call().entity(Place.class)).isEqualTo(new Place("Rome", 3));
		assertThat(script.lastRequest().responseFormat()).isNull();
		assertThat(script.lastRequest().messages().get(0).text()).contains("people");
		assertThat(client(script).prompt("Which?")
			.call()
			.entity(Place.class, ChatClient.EntityParamSpec::useProviderStructuredOutput))
			.isEqualTo(new Place("Rome", 3));
		assertThat(script.lastRequest().responseFormat().type()).isEqualTo(ResponseFormat.Type.JSON_SCHEMA);
		assertThat(script.lastRequest().responseFormat().schema().toString()).contains("people");
	}

	@Test
	void anEntityThatDoesNotFitIsAskedForAgain() {
		Script script = new Script("acme", Script.says("{\"city\":7}"),
				Script.says("{\"city\":\"Rome\",\"people\":3}"));
		assertThat(
				client(script).prompt("Which?").call().entity(Place.class, ChatClient.EntityParamSpec::validateSchema))
			.isEqualTo(new Place("Rome", 3));
		assertThat(script.asked()).isEqualTo(2);
	}

	@WholeAndStreamed
	void anErrorIsTheExceptionItself(boolean streaming) {
		LlmException failure = LlmException.of(ErrorKind.OVERLOADED, "Busy").build();
		ChatClient client = client((request) -> Flux.error(failure));
		assertThat(catchThrowable(() -> content(client.prompt("Hi"), streaming))).isSameAs(failure);
	}

	@WholeAndStreamed
	void theTrailIsInTheMetadataOfTheLastResponse(boolean streaming) {
		ChatClient.ChatClientRequestSpec prompt = client(new Script("acme", Script.says("Hello"))).prompt("Hi");
		List<ChatResponse> responses = streaming ? prompt.stream().chatResponse().collectList().block(LIMIT)
				: List.of(prompt.call().chatResponse());
		assertThat((Object) responses.get(responses.size() - 1).getMetadata().get(ArcllmChatModel.TRAIL))
			.isInstanceOf(Trail.class);
	}

	@WholeAndStreamed
	void optionsPicturesAndSystemTextsReachTheStack(boolean streaming) {
		Script script = new Script("acme", Script.says("A cat."));
		content(client(script).prompt()
			.system("Be brief.")
			.user((user) -> user.text("What?")
				.media(MimeTypeUtils.IMAGE_PNG, new ByteArrayResource(new byte[] { 1, 2 })))
			.options(ArcllmChatOptions.builder()
				.maxTokens(7)
				.toolChoice(ToolChoice.NONE)
				.callOptions((call) -> call.retry(false))), streaming);
		assertThat(script.lastRequest().maxTokens()).isEqualTo(7);
		assertThat(script.lastRequest().toolChoice()).isEqualTo(ToolChoice.NONE);
		assertThat(script.lastRequest().callOptions().modules()).containsKey("retry");
		List<Message> turns = script.lastRequest().messages();
		assertThat(turns.get(0)).isEqualTo(Message.system("Be brief."));
		assertThat(turns.get(1).content()).hasSize(2)
			.last()
			.isInstanceOfSatisfying(Content.Image.class,
					(image) -> assertThat(((Content.Bytes) image.source()).data()).containsExactly(1, 2));
	}

	private record Place(String city, int people) {
	}

	private static final class Weather {

		private final List<String> asked = new ArrayList<>();

		@Tool(description = "The weather in a city")
		String weather(String city) {
			this.asked.add(city);
			return "sunny in " + city;
		}

	}

}
