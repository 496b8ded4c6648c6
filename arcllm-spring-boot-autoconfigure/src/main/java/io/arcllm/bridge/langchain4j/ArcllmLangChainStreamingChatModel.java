package io.arcllm.bridge.langchain4j;

import java.util.List;
import java.util.Set;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.arcllm.LlmProvider;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * A stack as LangChain4j's streaming chat model. A handler gets either one
 * {@code onCompleteResponse} or one {@code onError}, and nothing after it. Handlers may
 * block: they are called on threads of their own, one call after another.
 */
public final class ArcllmLangChainStreamingChatModel implements StreamingChatModel {

	private final LlmProvider llm;

	private final List<ChatModelListener> listeners;

	/**
	 * @param llm the stack
	 */
	public ArcllmLangChainStreamingChatModel(LlmProvider llm) {
		this(llm, List.of());
	}

	/**
	 * @param llm the stack
	 * @param listeners are notified of each request and its outcome
	 */
	public ArcllmLangChainStreamingChatModel(LlmProvider llm, List<ChatModelListener> listeners) {
		this.llm = llm;
		this.listeners = List.copyOf(listeners);
	}

	@Override
	public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
		Flux.defer(() -> this.llm.stream(RequestReader.request(request)))
			.contextCapture()
			// a handler may run tools and ask again, which must not block an event loop
			.publishOn(Schedulers.boundedElastic())
			.subscribe(new HandlerSubscriber(handler));
	}

	@Override
	public List<ChatModelListener> listeners() {
		return this.listeners;
	}

	@Override
	public Set<Capability> supportedCapabilities() {
		return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
	}

}
