package io.arcllm.bridge;

import java.time.Duration;
import java.util.List;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.WholeAndStreamed;
import io.arcllm.bridge.langchain4j.LangChain4jProvider;
import io.arcllm.bridge.springai.SpringAiProvider;
import io.arcllm.module.attempt.ContractModule;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Models of other libraries that answer nothing, half of it, or twice.
 */
class OddModelsTests {

	private static final Duration LIMIT = Duration.ofSeconds(10);

	private static LlmResponse ask(LlmProvider provider, boolean streaming) {
		LlmRequest request = LlmRequest.of("Hi");
		LlmProvider guarded = new ContractModule(provider, new Target(provider.name(), "m"));
		return streaming
				? guarded.stream(request).ofType(io.arcllm.LlmEvent.Completed.class).blockLast(LIMIT).response()
				: guarded.invokeAsync(request).block(LIMIT);
	}

	private static void assertFails(LlmProvider provider, boolean streaming, ErrorKind... kinds) {
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> ask(provider, streaming))
			.satisfies((failure) -> assertThat(failure.kind()).isIn((Object[]) kinds));
	}

	private static LlmProvider springAi(ChatResponse answer) {
		return new SpringAiProvider("theirs", null, new ChatModel() {

			@Override
			public ChatResponse call(Prompt prompt) {
				return answer;
			}

			@Override
			public Flux<ChatResponse> stream(Prompt prompt) {
				return (answer == null) ? null : Flux.just(answer);
			}

		});
	}

	@WholeAndStreamed
	void noAnswerIsAFailureThatTheNextTargetMends(boolean streaming) {
		assertFails(springAi(null), streaming, ErrorKind.PROTOCOL);
		assertFails(springAi(new ChatResponse(List.of())), streaming, ErrorKind.PROTOCOL, ErrorKind.INTERRUPTED);
		assertFails(new LangChain4jProvider("theirs", null, new dev.langchain4j.model.chat.ChatModel() {

			@Override
			public dev.langchain4j.model.chat.response.ChatResponse chat(ChatRequest request) {
				return null;
			}

		}, null), streaming, ErrorKind.PROTOCOL);
	}

	@WholeAndStreamed
	void metadataThatIsNotThereIsUnknown(boolean streaming) {
		Generation generation = new Generation(new AssistantMessage("Hello"),
				ChatGenerationMetadata.builder().finishReason("stop").build());
		LlmResponse answer = ask(springAi(new ChatResponse(List.of(generation), null)), streaming);
		assertThat(answer.text()).isEqualTo("Hello");
		assertThat(answer.usage()).isEqualTo(Usage.UNKNOWN);
	}

	@Test
	void theFirstEndOfAStreamCounts() {
		LlmProvider twice = streaming((handler) -> {
			handler.onCompleteResponse(answer("One"));
			handler.onError(new IllegalStateException("late"));
			handler.onCompleteResponse(answer("Two"));
		});
		assertThat(ask(twice, true).text()).isEqualTo("One");
		LlmProvider failing = streaming((handler) -> {
			handler.onError(new IllegalStateException("HTTP 503 - busy"));
			handler.onCompleteResponse(answer("Two"));
		});
		assertFails(failing, true, ErrorKind.INVALID_REQUEST);
		assertFails(streaming((handler) -> handler.onError(null)), true, ErrorKind.PROTOCOL);
		assertFails(streaming((handler) -> handler.onCompleteResponse(null)), true, ErrorKind.PROTOCOL);
	}

	private static dev.langchain4j.model.chat.response.ChatResponse answer(String text) {
		return dev.langchain4j.model.chat.response.ChatResponse.builder()
			.aiMessage(dev.langchain4j.data.message.AiMessage.from(text))
			.finishReason(dev.langchain4j.model.output.FinishReason.STOP)
			.build();
	}

	private static LlmProvider streaming(java.util.function.Consumer<StreamingChatResponseHandler> model) {
		return new LangChain4jProvider("theirs", null, null, new StreamingChatModel() {

			@Override
			public void chat(ChatRequest request, StreamingChatResponseHandler handler) {
				model.accept(handler);
			}

		});
	}

}
