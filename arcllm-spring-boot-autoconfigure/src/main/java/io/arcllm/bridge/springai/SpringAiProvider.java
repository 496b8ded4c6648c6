package io.arcllm.bridge.springai;

import java.util.concurrent.atomic.AtomicBoolean;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A chat model of Spring AI as a target. What blocks in it runs on a thread of ours,
 * where timeouts and deadlines reach it. A model that does not stream is asked whole.
 */
public final class SpringAiProvider implements LlmProvider {

	private final String name;

	private final @Nullable String model;

	private final ChatModel chatModel;

	/** Learnt from the first stream that was refused. */
	private final AtomicBoolean wholeOnly = new AtomicBoolean();

	/**
	 * @param name the provider's name
	 * @param model asked when a request names none; {@code null} for the model's own
	 * @param chatModel answers
	 */
	public SpringAiProvider(String name, @Nullable String model, ChatModel chatModel) {
		this.name = name;
		this.model = model;
		this.chatModel = chatModel;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return Flux.defer(() -> {
			PromptWriter prompt = new PromptWriter(target(request), this.chatModel.getOptions(), request);
			return (request.streaming() && !this.wholeOnly.get()) ? streamed(prompt) : whole(prompt);
		});
	}

	private Flux<LlmEvent> whole(PromptWriter prompt) {
		return Mono.fromCallable(() -> this.chatModel.call(prompt.prompt()))
			.subscribeOn(Schedulers.boundedElastic())
			.flatMapIterable((response) -> new ResponseReader(prompt.target()).whole(response));
	}

	private Flux<LlmEvent> streamed(PromptWriter prompt) {
		ResponseReader reader = new ResponseReader(prompt.target());
		Flux<ChatResponse> answer = Flux.defer(() -> this.chatModel.stream(prompt.prompt()))
			.subscribeOn(Schedulers.boundedElastic())
			// some models wait in their cancel until the vendor speaks
			.cancelOn(Schedulers.boundedElastic());
		return answer.concatMapIterable(reader::next)
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
