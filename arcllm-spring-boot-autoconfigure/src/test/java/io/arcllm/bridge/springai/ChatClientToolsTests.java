package io.arcllm.bridge.springai;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.ResponseFormat;
import io.arcllm.StopReason;
import io.arcllm.Target;
import io.arcllm.ToolCall;
import io.arcllm.Usage;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Script;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.ToolContext;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.converter.BeanOutputConverter;
import org.springframework.ai.converter.ListOutputConverter;
import org.springframework.ai.converter.MapOutputConverter;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.model.tool.ToolExecutionResult;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.ToolCallbackProvider;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.ai.tool.function.FunctionToolCallback;
import org.springframework.ai.tool.method.MethodToolCallbackProvider;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.ParameterizedTypeReference;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spring AI's tools and converters on top of a stack.
 */
class ChatClientToolsTests {

	private final Desk desk = new Desk();

	private static ChatClient client(Script script) {
		return ChatClient.create(new ArcllmChatModel(script));
	}

	private static String content(ChatClient.ChatClientRequestSpec prompt, boolean streaming) {
		return streaming ? String.join("", prompt.stream().content().collectList().block()) : prompt.call().content();
	}

	private static Flux<LlmEvent> calls(String... names) {
		List<ToolCall> calls = new ArrayList<>();
		for (String name : names) {
			calls.add(new ToolCall("c" + calls.size(), name, "{\"city\":\"Rome\"}", Map.of("city", "Rome")));
		}
		LlmResponse answer = LlmResponse.builder()
			.toolCalls(calls)
			.usage(Usage.of(3, 4))
			.stopReason(StopReason.Type.TOOL_USE)
			.target(new Target("acme", "m"))
			.build();
		return Flux.range(0, names.length)
			.<LlmEvent>map(
					(index) -> new LlmEvent.ToolCallDelta(index, "c" + index, names[index], "{\"city\":\"Rome\"}"))
			.concatWithValues(new LlmEvent.Completed(answer));
	}

	@WholeAndStreamed
	void aResultMayBeTheAnswer(boolean streaming) {
		Script script = new Script("acme", calls("last"), Script.says("Not asked for"));
		assertThat(content(client(script).prompt("Rome?").tools(this.desk), streaming)).contains("the last of Rome");
		assertThat(script.asked()).isOne();
	}

	@WholeAndStreamed
	void theContextIsTheToolsAndNeverTheModels(boolean streaming) {
		Script script = new Script("acme", calls("contextual"), Script.says("Done."));
		assertThat(
				content(client(script).prompt("Rome?").tools(this.desk).toolContext(Map.of("tenant", "t1")), streaming))
			.isEqualTo("Done.");
		assertThat(this.desk.asked).containsExactly("Rome for t1");
		assertThat(script.lastRequest().tools().toString()).contains("city").doesNotContain("t1", "toolContext");
	}

	@WholeAndStreamed
	void aToolThatFailsIsToldTheModel(boolean streaming) {
		Script script = new Script("acme", calls("fails"), Script.says("Sorry."));
		assertThat(content(client(script).prompt("Rome?").tools(this.desk), streaming)).isEqualTo("Sorry.");
		assertThat(script.lastRequest().messages().get(2).toString()).contains("No such city");
	}

	@WholeAndStreamed
	void callbacksOfFunctionsAndProvidersAreRunOnceEach(boolean streaming) {
		ToolCallback function = FunctionToolCallback.builder("function", (City city) -> {
			this.desk.asked.add("function " + city.city());
			return "ok";
		}).description("A function").inputType(City.class).build();
		ToolCallbackProvider server = MethodToolCallbackProvider.builder().toolObjects(this.desk).build();
		Script script = new Script("acme", calls("function", "weather"), Script.says("Done."));
		assertThat(content(client(script).prompt("Rome?").toolCallbacks(function).toolCallbacks(server), streaming))
			.isEqualTo("Done.");
		assertThat(this.desk.asked).containsExactlyInAnyOrder("function Rome", "Rome");
		assertThat(script.lastRequest().messages().get(2).content()).hasSize(2);
	}

	@WholeAndStreamed
	void aToolMayBlock(boolean streaming) {
		Script script = new Script("acme", calls("asks").publishOn(Schedulers.parallel()), Script.says("Yes."),
				Script.says("Done."));
		this.desk.model = new ArcllmChatModel(script);
		assertThat(content(client(script).prompt("Rome?").tools(this.desk), streaming)).isEqualTo("Done.");
		assertThat(this.desk.asked).containsExactly("Yes.");
	}

	@Test
	void aLoopOfTheApplicationsOwnRuns() {
		Script script = new Script("acme", calls("weather"), Script.says("Sunny."));
		ArcllmChatModel model = new ArcllmChatModel(script);
		Prompt prompt = new Prompt("Rome?",
				ArcllmChatOptions.builder()
					.toolCallbacks(
							MethodToolCallbackProvider.builder().toolObjects(this.desk).build().getToolCallbacks())
					.build());
		ChatResponse response = model.call(prompt);
		assertThat(response.hasToolCalls()).isTrue();
		ToolExecutionResult result = ToolCallingManager.builder().build().executeToolCalls(prompt, response);
		assertThat(model.call(new Prompt(result.conversationHistory(), prompt.getOptions()))
			.getResult()
			.getOutput()
			.getText()).isEqualTo("Sunny.");
		assertThat(this.desk.asked).containsExactly("Rome");
	}

	@Test
	void convertersAreAskedForInWords() {
		Script script = new Script("acme", Script.says("a, b"), Script.says("{\"a\":1}"),
				Script.says("[{\"city\":\"Rome\"}]"), Script.says("```json\n{\"city\":\"Ulm\"}\n```"),
				Script.says("{\"city\":\"Bonn\"}"));
		ChatClient client = client(script);
		assertThat(client.prompt("Which?").call().entity(new ListOutputConverter())).containsExactly("a", "b");
		assertThat(client.prompt("Which?").call().entity(new MapOutputConverter())).containsEntry("a", 1);
		assertThat(client.prompt("Which?").call().entity(new ParameterizedTypeReference<List<City>>() {
		})).containsExactly(new City("Rome"));
		assertThat(client.prompt("Which?").call().entity(new BeanOutputConverter<>(City.class)))
			.isEqualTo(new City("Ulm"));
		assertThat(script.lastRequest().responseFormat()).isNull();
		assertThat(client.prompt("Which?")
			.call()
			.responseEntity(City.class, ChatClient.EntityParamSpec::useProviderStructuredOutput)).satisfies((one) -> {
				assertThat(one.entity()).isEqualTo(new City("Bonn"));
				assertThat((Object) one.response().getMetadata().get(ArcllmChatModel.TRAIL)).isNotNull();
			});
		assertThat(script.lastRequest().responseFormat().type()).isEqualTo(ResponseFormat.Type.JSON_SCHEMA);
	}

	@Test
	void aStreamThatIsLeftIsCancelled() throws InterruptedException {
		CountDownLatch cancelled = new CountDownLatch(1);
		ChatClient client = ChatClient.create(new ArcllmChatModel(
				(request) -> Flux.concat(Flux.<LlmEvent>just(new LlmEvent.TextDelta("One ")), Flux.<LlmEvent>never())
					.doOnCancel(cancelled::countDown)));
		assertThat(client.prompt("Hi").tools(this.desk).stream().content().blockFirst()).isEqualTo("One ");
		assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
	}

	@WholeAndStreamed
	void usageOfAllTurnsIsThatOfTheVendor(boolean streaming) {
		Flux<LlmEvent> last = Flux.just(new LlmEvent.TextDelta("Sunny."),
				new LlmEvent.Completed(LlmResponse.builder().text("Sunny.").usage(Usage.of(5, 6)).build()));
		Script script = new Script("acme", calls("weather"), last);
		ChatClient.ChatClientRequestSpec prompt = client(script).prompt("Rome?").tools(this.desk);
		ChatResponse response = streaming ? prompt.stream().chatResponse().blockLast() : prompt.call().chatResponse();
		assertThat(response.getMetadata().getUsage().getPromptTokens()).isEqualTo(8);
		assertThat(script.lastRequest().messages()).first().isEqualTo(Message.user("Rome?"));
	}

	record City(String city) {
	}

	private static final class Desk {

		private final List<String> asked = new CopyOnWriteArrayList<>();

		private ArcllmChatModel model;

		@Tool(description = "The weather in a city")
		String weather(String city) {
			this.asked.add(city);
			return "sunny in " + city;
		}

		@Tool(description = "Fails")
		String fails(String city) {
			throw new IllegalStateException("No such city");
		}

		@Tool(description = "Asks a model itself")
		String asks(String city) {
			String answer = this.model.call(city);
			this.asked.add(answer);
			return answer;
		}

		@Tool(description = "Ends it", returnDirect = true)
		String last(String city) {
			return "the last of " + city;
		}

		@Tool(description = "Knows the tenant")
		String contextual(String city, ToolContext toolContext) {
			this.asked.add(city + " for " + toolContext.getContext().get("tenant"));
			return "ok";
		}

	}

}
