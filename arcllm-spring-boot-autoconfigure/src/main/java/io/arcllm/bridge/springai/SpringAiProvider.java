package io.arcllm.bridge.springai;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.OwnThreads;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import reactor.core.publisher.Flux;

/**
 * A chat model of Spring AI as a target. Its blocking code runs on a thread of the
 * provider, so that timeouts and deadlines apply to it. A model that does not stream is
 * asked for whole answers. Safe for use by many threads.
 */
public final class SpringAiProvider implements LlmProvider {

	private final String name;

	private final @Nullable String model;

	private final ChatModel chatModel;

	private final OwnThreads threads;

	/**
	 * Threads for cancelling, because some models block in it until the vendor sends
	 * something.
	 */
	private final OwnThreads cancels;

	/**
	 * Whether the model does not stream, learnt from the first stream that it refused.
	 */
	private final AtomicBoolean wholeOnly = new AtomicBoolean();

	/**
	 * @param name the provider's name
	 * @param model the model of requests that name none; {@code null} for the model's own
	 * @param chatModel the model that answers
	 */
	public SpringAiProvider(String name, @Nullable String model, ChatModel chatModel) {
		this.name = name;
		this.model = model;
		this.chatModel = chatModel;
		this.threads = new OwnThreads(name);
		this.cancels = new OwnThreads(name + "-cancel");
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return Flux.defer(() -> {
			ChatOptions options = this.chatModel.getOptions();
			// a double of a test may have none
			PromptWriter prompt = new PromptWriter(target(request),
					Objects.requireNonNullElseGet(options, ToolCallingChatOptions.builder()::build), request);
			return (request.streaming() && !this.wholeOnly.get()) ? streamed(prompt) : whole(prompt);
		});
	}

	private Flux<LlmEvent> whole(PromptWriter prompt) {
		return this.threads.run(() -> Flux
			.fromIterable(new ResponseReader(prompt.target()).whole(this.chatModel.call(prompt.prompt()))));
	}

	private Flux<LlmEvent> streamed(PromptWriter prompt) {
		ResponseReader reader = new ResponseReader(prompt.target());
		return this.threads
			.<ChatResponse>run(() -> Objects.requireNonNullElseGet(this.chatModel.stream(prompt.prompt()),
					() -> Flux.error(reader.noAnswer())))
			.cancelOn(this.cancels.scheduler())
			.concatMapIterable(reader::next)
			.concatWith(Flux.defer(() -> Flux.fromIterable(reader.end())))
			.onErrorResume(UnsupportedOperationException.class, (unsupported) -> {
				if (reader.isBegun()) {
					return Flux.error(unsupported);
				}
				this.wholeOnly.set(true);
				return whole(prompt);
			});
	}

	private Target target(LlmRequest request) {
		return new Target(this.name, (request.model() != null) ? request.model() : this.model);
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public String toString() {
		return this.name;
	}

}
