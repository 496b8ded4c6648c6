package io.arcllm.bridge.springai;

import io.arcllm.LlmProvider;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.publisher.Flux;

/**
 * A stack as Spring AI's chat model, so that code on {@code ChatClient} survives failures
 * of vendors. Safe for use by many threads. An error is the
 * {@link io.arcllm.LlmException} itself. The attempts of a call are {@code
 * getMetadata().get(}{@value #TRAIL}{@code )}, for a stream in its last response. It runs
 * no tools; Spring AI does.
 */
public final class ArcllmChatModel implements ChatModel {

	/** The key of the {@link io.arcllm.Trail} in a response's metadata. */
	public static final String TRAIL = "arcllm.trail";

	/** The key of a piece of thinking in a message's metadata. */
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
	 * @param options the options of prompts without options
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
