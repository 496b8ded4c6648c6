package io.arcllm.bridge.springai;

import io.arcllm.LlmProvider;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.publisher.Flux;

/**
 * A stack as Spring AI's chat model, so that code on {@code ChatClient} survives what the
 * stack survives. An error is the {@link io.arcllm.LlmException} itself. The attempts of
 * a call are {@code getMetadata().get(}{@value #TRAIL}{@code )}, in a stream of its last
 * response. Tools are not run here: their loop is Spring AI's.
 */
public final class ArcllmChatModel implements ChatModel {

	/** Where the {@link io.arcllm.Trail} stands in a response's metadata. */
	public static final String TRAIL = "arcllm.trail";

	/** Where a stream's thinking stands in a message's metadata, piece by piece. */
	public static final String THINKING = "arcllm.thinking";

	private final LlmProvider llm;

	private final ArcllmChatOptions options;

	/**
	 * @param llm the stack
	 */
	public ArcllmChatModel(LlmProvider llm) {
		this(llm, ArcllmChatOptions.builder().build());
	}

	/**
	 * @param llm the stack
	 * @param options those of prompts that bring none
	 */
	public ArcllmChatModel(LlmProvider llm, ArcllmChatOptions options) {
		this.llm = llm;
		this.options = options;
	}

	@Override
	public ChatResponse call(Prompt prompt) {
		return ResponseWriter.whole(this.llm.invoke(PromptReader.request(prompt, this.options)));
	}

	@Override
	public Flux<ChatResponse> stream(Prompt prompt) {
		return Flux.defer(() -> {
			StreamWriter writer = new StreamWriter();
			return this.llm.stream(PromptReader.request(prompt, this.options)).handle(writer::write);
		});
	}

	@Override
	public ArcllmChatOptions getOptions() {
		return this.options;
	}

}
