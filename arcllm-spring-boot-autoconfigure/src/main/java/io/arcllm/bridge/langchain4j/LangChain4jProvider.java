package io.arcllm.bridge.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.OwnThreads;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Chat models of LangChain4j as a target. A single model answers whole and streamed
 * calls. Their blocking code runs on a thread of the provider, so that timeouts and
 * deadlines apply to it. Safe for use by many threads.
 */
public final class LangChain4jProvider implements LlmProvider {

	private final String name;

	private final @Nullable String model;

	private final @Nullable ChatModel whole;

	private final @Nullable StreamingChatModel streaming;

	private final OwnThreads threads;

	/**
	 * Threads for cancelling, because some models block in it until the vendor sends
	 * something.
	 */
	private final OwnThreads cancels;

	/**
	 * @param name the provider's name
	 * @param model the model of requests that name none; {@code null} for the models' own
	 * @param whole the model for whole answers, if there is one
	 * @param streaming the model for streams, if there is one
	 */
	public LangChain4jProvider(String name, @Nullable String model, @Nullable ChatModel whole,
			@Nullable StreamingChatModel streaming) {
		if (whole == null && streaming == null) {
			throw new IllegalArgumentException("One of the two models must be there");
		}
		this.name = name;
		this.model = model;
		this.whole = whole;
		this.streaming = streaming;
		this.threads = new OwnThreads(name);
		this.cancels = new OwnThreads(name + "-cancel");
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return Flux.defer(() -> {
			Target target = new Target(this.name, (request.model() != null) ? request.model() : this.model);
			ChatRequest question = new RequestWriter(target, request).write();
			if (this.streaming != null && (request.streaming() || this.whole == null)) {
				return streamed(this.streaming, question, target);
			}
			ChatModel model = this.whole;
			return (model == null) ? Flux.empty()
					: this.threads.run(() -> Flux.fromIterable(new ResponseReader(target).whole(model.chat(question))));
		});
	}

	private Flux<LlmEvent> streamed(StreamingChatModel model, ChatRequest question, Target target) {
		return this.threads.<LlmEvent>run(() -> Flux.create((sink) -> {
			SinkHandler handler = new SinkHandler(sink, new ResponseReader(target));
			sink.onDispose(handler::cancel);
			model.chat(question, handler);
		})).cancelOn(this.cancels.scheduler());
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
