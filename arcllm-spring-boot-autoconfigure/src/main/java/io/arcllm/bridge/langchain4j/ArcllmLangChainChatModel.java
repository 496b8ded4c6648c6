package io.arcllm.bridge.langchain4j;

import java.util.List;
import java.util.Set;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.arcllm.LlmProvider;

/**
 * A stack as LangChain4j's chat model, so that an {@code AiServices} interface survives
 * failures of vendors. Safe for use by many threads. An error is the
 * {@link io.arcllm.LlmException} itself; the attempts of a call are
 * {@link ArcllmChatResponseMetadata#trail()}. It runs no tools; LangChain4j does.
 */
public final class ArcllmLangChainChatModel implements ChatModel {

	private final LlmProvider llm;

	private final List<ChatModelListener> listeners;

	/**
	 * @param llm the stack
	 */
	public ArcllmLangChainChatModel(LlmProvider llm) {
		this(llm, List.of());
	}

	/**
	 * @param llm the stack
	 * @param listeners are notified of each request and its outcome
	 */
	public ArcllmLangChainChatModel(LlmProvider llm, List<ChatModelListener> listeners) {
		this.llm = llm;
		this.listeners = List.copyOf(listeners);
	}

	@Override
	public ChatResponse doChat(ChatRequest request) {
		return ResponseWriter.write(this.llm.invoke(RequestReader.request(request)));
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
