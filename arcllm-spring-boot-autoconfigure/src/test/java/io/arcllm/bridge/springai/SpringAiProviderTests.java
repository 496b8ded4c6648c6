package io.arcllm.bridge.springai;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import io.arcllm.Content;
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
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.MessageType;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * A chat model of Spring AI as a target.
 */
class SpringAiProviderTests {

	private static final Duration LIMIT = Duration.ofSeconds(10);

	private final Model model = new Model();

	private List<LlmEvent> ask(LlmRequest request, boolean streaming) {
		Target target = new Target("house", null);
		return new ContractModule(new SpringAiProvider("house", null, this.model), target)
			.exchange(request.withStreaming(streaming))
			.collectList()
			.block(LIMIT);
	}

	private LlmResponse answer(boolean streaming) {
		List<LlmEvent> events = ask(LlmRequest.of("Hi"), streaming);
		return events.get(events.size() - 1).answer();
	}

	private LlmException failure(LlmRequest request, boolean streaming) {
		return catchThrowableOfType(LlmException.class, () -> ask(request, streaming));
	}

	private static ChatResponse response(String text, String finishReason) {
		return new ChatResponse(
				List.of(new Generation(new AssistantMessage(text),
						ChatGenerationMetadata.builder().finishReason(finishReason).build())),
				ChatResponseMetadata.builder().id("r1").model("gpt").usage(new DefaultUsage(3, 4)).build());
	}

	@WholeAndStreamed
	void anAnswerIsRead(boolean streaming) {
		LlmResponse answer = answer(streaming);
		assertThat(answer.text()).isEqualTo("Hello");
		assertThat(answer.usage()).isEqualTo(Usage.of(3, 4));
		assertThat(answer.stopReason()).isEqualTo(new StopReason(StopReason.Type.END_TURN, "STOP"));
		assertThat(answer.target()).hasToString("house/gpt");
		assertThat(answer.requestId()).isEqualTo("r1");
	}

	@Test
	void aStreamIsPassedOnAsAStream() {
		assertThat(ask(LlmRequest.of("Hi"), true)).startsWith(new LlmEvent.TextDelta("Hel"),
				new LlmEvent.TextDelta("lo"));
	}

	@Test
	void aModelThatDoesNotStreamIsAskedWholeFromThenOn() {
		this.model.stream = (prompt) -> {
			this.model.streamed.incrementAndGet();
			throw new UnsupportedOperationException("No");
		};
		SpringAiProvider provider = new SpringAiProvider("house", null, this.model);
		for (int i = 0; i < 2; i++) {
			assertThat(provider.stream(LlmRequest.of("Hi")).blockLast(LIMIT).answer().text()).isEqualTo("Hello");
		}
		assertThat(this.model.streamed).hasValue(1);
	}

	@Test
	void aStreamWithoutAFinishReasonIsAnInterruption() {
		this.model.stream = (prompt) -> Flux.just(response("Hel", null));
		LlmException failure = failure(LlmRequest.of("Hi"), true);
		assertThat(failure.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(failure.partial().text()).isEqualTo("Hel");
	}

	@WholeAndStreamed
	void anAnswerThatWasGivenUpIsAnInterruption(boolean streaming) {
		this.model.call = (prompt) -> response("Hel", "abort");
		this.model.stream = (prompt) -> Flux.just(response("Hel", "abort"));
		assertThat(failure(LlmRequest.of("Hi"), streaming).kind()).isEqualTo(ErrorKind.INTERRUPTED);
	}

	@WholeAndStreamed
	void whatBlocksRunsOnAnotherThread(boolean streaming) {
		Thread[] on = new Thread[1];
		this.model.before = () -> {
			on[0] = Thread.currentThread();
			assertThat(Schedulers.isInNonBlockingThread()).isFalse();
		};
		answer(streaming);
		assertThat(on[0]).isNotSameAs(Thread.currentThread());
	}

	@WholeAndStreamed
	void aModelThatBlocksIsBoundedFromOutside(boolean streaming) throws InterruptedException {
		CountDownLatch spoken = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		this.model.before = () -> {
			try {
				spoken.await();
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
				throw new IllegalStateException(ex);
			}
		};
		assertThat(
				new SpringAiProvider("house", null, this.model).exchange(LlmRequest.of("Hi").withStreaming(streaming))
					.timeout(Duration.ofMillis(100), Flux.empty())
					.collectList()
					.block(LIMIT))
			.isEmpty();
		assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
	}

	@WholeAndStreamed
	void manyModelsBlockBesideEachOther(boolean streaming) {
		CyclicBarrier all = new CyclicBarrier(50);
		this.model.before = () -> {
			try {
				all.await(10, TimeUnit.SECONDS);
			}
			catch (InterruptedException | BrokenBarrierException | TimeoutException ex) {
				throw new IllegalStateException(ex);
			}
		};
		SpringAiProvider provider = new SpringAiProvider("house", null, this.model);
		assertThat(Flux.range(0, all.getParties())
			.flatMap((i) -> provider.exchange(LlmRequest.of("Hi").withStreaming(streaming)).last(), all.getParties())
			.collectList()
			.block(LIMIT)).hasSize(all.getParties());
	}

	@WholeAndStreamed
	void aModelWithoutOptionsIsAsked(boolean streaming) {
		this.model.options = null;
		assertThat(answer(streaming).text()).isEqualTo("Hello");
	}

	@WholeAndStreamed
	void toolCallsAreReadAndNotRun(boolean streaming) {
		ChatResponse response = new ChatResponse(List.of(new Generation(AssistantMessage.builder()
			.toolCalls(List.of(new AssistantMessage.ToolCall("c1", "function", "weather", "{\"city\":\"Rome\"}")))
			.build(), ChatGenerationMetadata.builder().finishReason("STOP").build())));
		this.model.call = (prompt) -> response;
		this.model.stream = (prompt) -> Flux.just(response);
		LlmResponse answer = answer(streaming);
		assertThat(answer.toolCalls())
			.containsExactly(new ToolCall("c1", "weather", "{\"city\":\"Rome\"}", Map.of("city", "Rome")));
		assertThat(answer.stopReason().type()).isEqualTo(StopReason.Type.TOOL_USE);
		assertThat(answer.usage()).isEqualTo(Usage.UNKNOWN);
	}

	@Test
	void aRequestIsWrittenOverTheModelsOwnOptions() {
		LlmRequest request = LlmRequest.builder()
			.messages(Message.system("Be brief."), Message.user("Rome?"),
					Message.assistant(List.of(ToolCall.of("c1", "weather", Map.of("city", "Rome")))),
					Message.toolResult("c1", "sunny"))
			.tools(Tool.of("weather", "The weather", Map.of("type", "object")))
			.maxTokens(7)
			.options(Map.of("top_k", 3))
			.build();
		ask(request, false);
		Prompt prompt = this.model.asked;
		ToolCallingChatOptions options = (ToolCallingChatOptions) prompt.getOptions();
		assertThat(options.getModel()).isEqualTo("own");
		assertThat(options.getMaxTokens()).isEqualTo(7);
		assertThat(options.getTopK()).isEqualTo(3);
		assertThat(options.getToolCallbacks()).singleElement()
			.satisfies((tool) -> assertThat(tool.getToolDefinition().inputSchema()).isEqualTo("{\"type\":\"object\"}"));
		assertThat(prompt.getInstructions()).extracting((message) -> message.getMessageType())
			.containsExactly(MessageType.SYSTEM, MessageType.USER, MessageType.ASSISTANT, MessageType.TOOL);
		assertThat(((ToolResponseMessage) prompt.getInstructions().get(3)).getResponses())
			.containsExactly(new ToolResponseMessage.ToolResponse("c1", "weather", "sunny"));
	}

	@Test
	void picturesAreShown() {
		ask(LlmRequest
			.of(List.of(Message.user(new Content.Text("What?"), Content.Image.of("image/gif", new byte[] { 1 })))),
				false);
		UserMessage message = (UserMessage) this.model.asked.getInstructions().get(0);
		assertThat(message.getMedia()).singleElement()
			.satisfies((media) -> assertThat(media.getMimeType()).hasToString("image/gif"));
	}

	@WholeAndStreamed
	void whatTheOptionsCannotSayIsUnsupported(boolean streaming) {
		LlmRequest.Builder request = LlmRequest.of("Hi").mutate();
		for (LlmRequest one : List.of(request.toolChoice(ToolChoice.REQUIRED).build(),
				request.toolChoice(null).responseFormat(ResponseFormat.JSON).build(),
				request.responseFormat(null).options(Map.of("seed", 1)).build())) {
			assertThat(failure(one, streaming).kind()).isEqualTo(ErrorKind.UNSUPPORTED);
		}
		assertThat(this.model.asked).isNull();
	}

	/** A model of Spring AI that says Hello. */
	private static final class Model implements ChatModel {

		final AtomicInteger streamed = new AtomicInteger();

		volatile Prompt asked;

		volatile Runnable before = () -> {
		};

		volatile ChatOptions options = ToolCallingChatOptions.builder().model("own").build();

		volatile Function<Prompt, ChatResponse> call = (prompt) -> response("Hello", "STOP");

		volatile Function<Prompt, Flux<ChatResponse>> stream = (prompt) -> Flux.just(response("Hel", null),
				response("lo", "STOP"));

		@Override
		public ChatResponse call(Prompt prompt) {
			this.asked = prompt;
			this.before.run();
			return this.call.apply(prompt);
		}

		@Override
		public Flux<ChatResponse> stream(Prompt prompt) {
			this.asked = prompt;
			this.before.run();
			return this.stream.apply(prompt);
		}

		@Override
		public ChatOptions getOptions() {
			return this.options;
		}

	}

}
