package io.arcllm.bridge.langchain4j;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ChatMessageDeserializer;
import dev.langchain4j.data.message.ChatMessageSerializer;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.guardrail.InputGuardrail;
import dev.langchain4j.guardrail.InputGuardrailException;
import dev.langchain4j.guardrail.InputGuardrailResult;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.SystemMessage;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.V;
import dev.langchain4j.store.memory.chat.ChatMemoryStore;
import io.arcllm.Content;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.ResponseFormat;
import io.arcllm.Target;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Script;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Conversations of LangChain4j's {@code AiServices} on top of a stack: memories, system
 * messages, guardrails that rewrite, and answers of each type.
 */
class AiServicesConversationsTests {

	private static AiServices<Assistant> assistant(LlmProvider llm) {
		return AiServices.builder(Assistant.class)
			.chatModel(new ArcllmLangChainChatModel(llm))
			.streamingChatModel(new ArcllmLangChainStreamingChatModel(llm));
	}

	private static String ask(Assistant assistant, String id, String question, boolean streaming) {
		if (!streaming) {
			return assistant.chat(id, question);
		}
		CompletableFuture<ChatResponse> end = new CompletableFuture<>();
		assistant.stream(id, question).onPartialResponse((word) -> {
		}).onCompleteResponse(end::complete).onError(end::completeExceptionally).start();
		return end.orTimeout(10, TimeUnit.SECONDS).join().aiMessage().text();
	}

	@WholeAndStreamed
	void eachConversationHasItsMemory(boolean streaming) {
		Script script = new Script("acme", Script.says("Hello."));
		Assistant assistant = assistant(script).chatMemoryProvider((id) -> MessageWindowChatMemory.withMaxMessages(9))
			.build();
		ask(assistant, "a", "I am Ann.", streaming);
		ask(assistant, "b", "I am Bob.", streaming);
		ask(assistant, "a", "Who am I?", streaming);
		assertThat(script.lastRequest().messages()).containsExactly(Message.user("I am Ann."),
				Message.assistant("Hello."), Message.user("Who am I?"));
	}

	@WholeAndStreamed
	void signedThinkingOutlivesAMemoryThatIsKeptAsJson(boolean streaming) {
		Content.Thinking thought = new Content.Thinking("Hm.", "sig", null, "acme");
		LlmResponse answer = LlmResponse.builder()
			.content(thought, new Content.Text("Hello."))
			.target(new Target("acme", "m"))
			.build();
		Script script = new Script("acme", Flux.just(new LlmEvent.TextDelta("Hello."), new LlmEvent.Completed(answer)),
				Script.says("Ann."));
		JsonStore store = new JsonStore();
		Assistant assistant = assistant(script)
			.chatMemoryProvider(
					(id) -> MessageWindowChatMemory.builder().id(id).maxMessages(9).chatMemoryStore(store).build())
			.build();
		ask(assistant, "a", "I am Ann.", streaming);
		assertThat(store.kept.get("a")).contains("Hello.", "sig");
		ask(assistant, "a", "Who am I?", streaming);
		assertThat(script.lastRequest().messages()).containsExactly(Message.user("I am Ann."), answer.toMessage(),
				Message.user("Who am I?"));
	}

	@WholeAndStreamed
	void systemMessagesMayDependOnTheConversation(boolean streaming) {
		Script script = new Script("acme", Script.says("Hello."));
		Assistant assistant = assistant(script).chatMemoryProvider((id) -> MessageWindowChatMemory.withMaxMessages(9))
			.systemMessageProvider((id) -> "You talk to " + id)
			.chatRequestTransformer((request) -> request.toBuilder().maxOutputTokens(7).build())
			.build();
		ask(assistant, "Ann", "Hi", streaming);
		assertThat(script.lastRequest().messages()).containsExactly(Message.system("You talk to Ann"),
				Message.user("Hi"));
		assertThat(script.lastRequest().maxTokens()).isEqualTo(7);
		ask(assistant, "Ann", "Again", streaming);
		assertThat(script.lastRequest().messages().get(0)).isEqualTo(Message.system("You talk to Ann"));
	}

	@WholeAndStreamed
	void guardrailsRewriteAndRefuse(boolean streaming) {
		Script script = new Script("acme", Script.says("Hello."));
		Assistant assistant = assistant(script).chatMemoryProvider((id) -> MessageWindowChatMemory.withMaxMessages(9))
			.inputGuardrails(new InputGuardrail() {

				@Override
				public InputGuardrailResult validate(UserMessage message) {
					return message.singleText().contains("secret") ? fatal("No.")
							: successWith(message.singleText().replace("Ann", "[NAME]"));
				}

			})
			.build();
		ask(assistant, "a", "I am Ann.", streaming);
		assertThat(script.lastRequest().messages()).containsExactly(Message.user("I am [NAME]."));
		assertThat(catchThrowable(() -> ask(assistant, "b", "A secret", streaming)))
			.isInstanceOf(InputGuardrailException.class);
		assertThat(script.asked()).isOne();
	}

	@Test
	void answersOfEachTypeAreAskedForAndRead() {
		Script script = new Script("acme", Script.says("{\"value\":true}"), Script.says("{\"value\":\"GOOD\"}"),
				Script.says("{\"values\":[{\"city\":\"Rome\",\"people\":3}]}"),
				Script.says("{\"city\":\"Ulm\",\"people\":1}"));
		Typed typed = AiServices.builder(Typed.class).chatModel(new ArcllmLangChainChatModel(script)).build();
		assertThat(typed.isCity("Rome")).isTrue();
		assertThat(script.lastRequest().messages().get(0)).isEqualTo(Message.system("Know of Rome"));
		assertThat(typed.mood("Good?")).isEqualTo(Mood.GOOD);
		assertThat(script.lastRequest().responseFormat().schema().toString()).contains("GOOD", "BAD");
		assertThat(typed.places("Which?")).containsExactly(new Place("Rome", 3));
		Result<Place> place = typed.place("Which?");
		assertThat(place.content()).isEqualTo(new Place("Ulm", 1));
		assertThat(script.lastRequest().responseFormat().type()).isEqualTo(ResponseFormat.Type.JSON_SCHEMA);
		assertThat(place.finalResponse().metadata()).isInstanceOf(ArcllmChatResponseMetadata.class);
	}

	interface Assistant {

		String chat(@MemoryId String id, @dev.langchain4j.service.UserMessage String question);

		TokenStream stream(@MemoryId String id, @dev.langchain4j.service.UserMessage String question);

	}

	interface Typed {

		@SystemMessage("Know of {{city}}")
		@dev.langchain4j.service.UserMessage("Is {{city}} a city?")
		boolean isCity(@V("city") String city);

		Mood mood(String question);

		List<Place> places(String question);

		Result<Place> place(String question);

	}

	enum Mood {

		GOOD, BAD

	}

	record Place(String city, int people) {
	}

	/** Keeps conversations as a database would. */
	private static final class JsonStore implements ChatMemoryStore {

		final Map<Object, String> kept = new ConcurrentHashMap<>();

		@Override
		public List<ChatMessage> getMessages(Object id) {
			return ChatMessageDeserializer.messagesFromJson(this.kept.getOrDefault(id, "[]"));
		}

		@Override
		public void updateMessages(Object id, List<ChatMessage> messages) {
			this.kept.put(id, ChatMessageSerializer.messagesToJson(messages));
		}

		@Override
		public void deleteMessages(Object id) {
			this.kept.remove(id);
		}

	}

}
