package io.arcllm.bridge.langchain4j;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.ReturnBehavior;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.tool.ToolErrorHandlerResult;
import dev.langchain4j.service.tool.ToolProviderResult;
import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.StopReason;
import io.arcllm.Target;
import io.arcllm.ToolCall;
import io.arcllm.Usage;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Script;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The tools of LangChain4j's {@code AiServices} on top of a stack: those that fail, are
 * unknown, come from a server or end the conversation, and what a stream tells of them.
 */
class AiServicesToolsTests {

	private final Desk desk = new Desk();

	private static AiServices<Assistant> assistant(Script script) {
		return AiServices.builder(Assistant.class)
			.chatModel(new ArcllmLangChainChatModel(script))
			.streamingChatModel(new ArcllmLangChainStreamingChatModel(script));
	}

	private static ToolCall call(String id, String name, String city) {
		return new ToolCall(id, name, "{\"city\":\"" + city + "\"}", Map.of("city", city));
	}

	private static Flux<LlmEvent> calls(ToolCall... calls) {
		LlmResponse answer = LlmResponse.builder()
			.toolCalls(calls)
			.usage(Usage.of(3, 4))
			.stopReason(StopReason.Type.TOOL_USE)
			.target(new Target("acme", "m"))
			.build();
		return Flux.range(0, calls.length).<LlmEvent>map((index) -> {
			ToolCall call = calls[index];
			return new LlmEvent.ToolCallDelta(index, call.id(), call.name(), call.rawArguments());
		}).concatWithValues(new LlmEvent.Completed(answer));
	}

	private static String ask(Assistant assistant, boolean streaming) {
		return streaming ? end(assistant.stream("Rome?").onPartialResponse((word) -> {
		})).aiMessage().text() : assistant.chat("Rome?");
	}

	private static ChatResponse end(TokenStream stream) {
		CompletableFuture<ChatResponse> end = new CompletableFuture<>();
		stream.onCompleteResponse(end::complete).onError(end::completeExceptionally).start();
		return end.orTimeout(10, TimeUnit.SECONDS).join();
	}

	/** The results that the model was told last. */
	private static List<Message> results(Script script) {
		List<Message> messages = script.lastRequest().messages();
		return messages.subList(2, messages.size());
	}

	@WholeAndStreamed
	void aToolThatFailsIsToldTheModel(boolean streaming) {
		Script script = new Script("acme", calls(call("c1", "fails", "Rome")), Script.says("Sorry."));
		assertThat(ask(assistant(script).tools(this.desk).build(), streaming)).isEqualTo("Sorry.");
		assertThat(results(script).toString()).contains("No such city");
		script = new Script("acme", calls(call("c1", "fails", "Rome")), Script.says("Sorry."));
		assertThat(ask(assistant(script).tools(this.desk)
			.toolExecutionErrorHandler((error, context) -> ToolErrorHandlerResult.text("Try again"))
			.build(), streaming)).isEqualTo("Sorry.");
		assertThat(results(script).toString()).contains("Try again").doesNotContain("No such city");
	}

	@WholeAndStreamed
	void argumentsThatDoNotFitAreToldTheModel(boolean streaming) {
		ToolCall broken = new ToolCall("c1", "weather", "{\"city\":", null);
		Script script = new Script("acme", calls(broken), Script.says("Sorry."));
		assertThat(ask(assistant(script).tools(this.desk)
			.toolArgumentsErrorHandler((error, context) -> ToolErrorHandlerResult.text("That is no JSON"))
			.build(), streaming)).isEqualTo("Sorry.");
		assertThat(results(script).toString()).contains("That is no JSON");
		assertThat(this.desk.asked).isEmpty();
	}

	@WholeAndStreamed
	void aToolThatThereIsNotIsToldTheModel(boolean streaming) {
		Script script = new Script("acme", calls(call("c1", "unknown", "Rome")), Script.says("Sorry."));
		assertThat(ask(assistant(script).tools(this.desk)
			.hallucinatedToolNameStrategy(
					(request) -> ToolExecutionResultMessage.from(request, "There is no " + request.name()))
			.build(), streaming)).isEqualTo("Sorry.");
		assertThat(results(script).toString()).contains("There is no unknown");
	}

	@WholeAndStreamed
	void toolsOfAProviderAreRunOnce(boolean streaming) {
		Script script = new Script("acme", calls(call("c1", "remote", "Rome")), Script.says("It is sunny."));
		ToolSpecification remote = ToolSpecification.builder()
			.name("remote")
			.description("The weather, from a server")
			.parameters(JsonObjectSchema.builder().addStringProperty("city", "where").required("city").build())
			.build();
		List<String> asked = new CopyOnWriteArrayList<>();
		assertThat(ask(assistant(script)
			.toolProvider((request) -> ToolProviderResult.builder().add(remote, (execution, memory) -> {
				asked.add(execution.arguments());
				return "sunny";
			}).build())
			.build(), streaming)).isEqualTo("It is sunny.");
		assertThat(asked).containsExactly("{\"city\":\"Rome\"}");
		assertThat(script.lastRequest().tools().get(0).parameters().toString()).contains("city", "where", "required");
		assertThat(results(script)).containsExactly(Message.toolResult("c1", "sunny"));
	}

	@WholeAndStreamed
	void callsOfOneTurnRunAtOnceAndAreToldInOrder(boolean streaming) {
		Script script = new Script("acme", calls(call("c1", "weather", "Rome"), call("c2", "weather", "Ulm")),
				Script.says("Sunny."));
		assertThat(ask(assistant(script).tools(this.desk).executeToolsConcurrently().build(), streaming))
			.isEqualTo("Sunny.");
		assertThat(this.desk.asked).containsExactlyInAnyOrder("Rome", "Ulm");
		assertThat(results(script))
			.containsExactly(Message.toolResults(io.arcllm.Content.ToolResult.of("c1", "sunny in Rome"),
					io.arcllm.Content.ToolResult.of("c2", "sunny in Ulm")));
	}

	@Test
	void aToolMayEndTheConversation() {
		Script script = new Script("acme", calls(call("c1", "last", "Rome")), Script.says("Not asked for"));
		Result<String> result = assistant(script).tools(this.desk).build().result("Rome?");
		assertThat(result.toolExecutions()).singleElement()
			.satisfies((execution) -> assertThat(execution.result()).isEqualTo("the last of Rome"));
		assertThat(script.asked()).isOne();
	}

	@WholeAndStreamed
	void roundsAreBounded(boolean streaming) {
		Script script = new Script("acme", calls(call("c1", "weather", "Rome")));
		assertThatThrownBy(() -> ask(assistant(script).tools(this.desk).maxToolCallingRoundTrips(2).build(), streaming))
			.isInstanceOf(RuntimeException.class);
		assertThat(this.desk.asked).hasSizeLessThanOrEqualTo(2);
	}

	@Test
	void aResultSaysWhatItTook() {
		Script script = new Script("acme", calls(call("c1", "weather", "Rome")),
				Flux.just(new LlmEvent.Completed(LlmResponse.builder().text("Sunny.").usage(Usage.of(5, 6)).build())));
		Result<String> result = assistant(script).tools(this.desk)
			.contentRetriever((query) -> List.of(Content.from("Rome is a city.")))
			.build()
			.result("Rome?");
		assertThat(result.content()).isEqualTo("Sunny.");
		assertThat(result.tokenUsage().inputTokenCount()).isEqualTo(8);
		assertThat(result.tokenUsage().outputTokenCount()).isEqualTo(10);
		assertThat(result.sources()).singleElement()
			.satisfies((source) -> assertThat(source.textSegment().text()).isEqualTo("Rome is a city."));
		assertThat(result.toolExecutions()).hasSize(1);
		assertThat(result.intermediateResponses()).hasSize(1);
	}

	@Test
	void aStreamTellsAllThatHappensInOrder() {
		ToolCall call = call("c1", "weather", "Rome");
		Flux<LlmEvent> first = Flux.concat(Flux.just(new LlmEvent.ThinkingDelta("Hm.")), calls(call));
		Script script = new Script("acme", first, Flux.just(new LlmEvent.TextDelta("It "),
				new LlmEvent.TextDelta("shines."), new LlmEvent.Completed(LlmResponse.of("It shines."))));
		List<String> told = new CopyOnWriteArrayList<>();
		ChatResponse response = end(assistant(script).tools(this.desk)
			.contentRetriever((query) -> List.of(Content.from("Rome is a city.")))
			.build()
			.stream("Rome?")
			.onRetrieved((contents) -> told.add("retrieved " + contents.size()))
			.onPartialThinking((thinking) -> told.add("thinks " + thinking.text()))
			.onPartialToolCall((partial) -> told.add("calls " + partial.name()))
			.onIntermediateResponse((answer) -> told.add("intermediate"))
			.beforeToolExecution((before) -> told.add("before " + before.request().name()))
			.onToolExecuted((execution) -> told.add("executed " + execution.result()))
			.onPartialResponse((word) -> told.add("says " + word)));
		assertThat(told).containsExactly("retrieved 1", "thinks Hm.", "calls weather", "intermediate", "before weather",
				"executed sunny in Rome", "says It ", "says shines.");
		assertThat(response.aiMessage().text()).isEqualTo("It shines.");
	}

	interface Assistant {

		String chat(String question);

		TokenStream stream(String question);

		Result<String> result(String question);

	}

	private static final class Desk {

		private final List<String> asked = new CopyOnWriteArrayList<>();

		@Tool("The weather in a city")
		String weather(@P(name = "city", value = "where") String city) {
			this.asked.add(city);
			return "sunny in " + city;
		}

		@Tool("Fails")
		String fails(@P(name = "city", value = "where") String city) {
			throw new IllegalStateException("No such city");
		}

		@Tool(value = "Ends it", returnBehavior = ReturnBehavior.IMMEDIATE)
		String last(@P(name = "city", value = "where") String city) {
			return "the last of " + city;
		}

	}

}
