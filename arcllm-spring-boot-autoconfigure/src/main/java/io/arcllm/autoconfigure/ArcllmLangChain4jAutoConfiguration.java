package io.arcllm.autoconfigure;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.bridge.BridgeBeans;
import io.arcllm.autoconfigure.bridge.BridgedProvider;
import io.arcllm.autoconfigure.bridge.LangChain4jBridge;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.stack.StackLlmProviders;
import io.arcllm.bridge.langchain4j.ArcllmLangChainChatModel;
import io.arcllm.bridge.langchain4j.ArcllmLangChainStreamingChatModel;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Provides the primary stack as LangChain4j's chat models, and its chat models as
 * targets.
 */
@AutoConfiguration(after = ArcllmAutoConfiguration.class)
@ConditionalOnClass(ChatModel.class)
public final class ArcllmLangChain4jAutoConfiguration {

	static final String CHAT_MODEL = "arcllmLangChainChatModel";

	static final String STREAMING_CHAT_MODEL = "arcllmLangChainStreamingChatModel";

	private static final String SECTION = "arcllm.langchain4j";

	@Bean
	static BridgeBeans arcllmLangChainChatModelBeans(Environment environment) {
		return new BridgeBeans(environment, CHAT_MODEL, ChatModel.class, SECTION);
	}

	@Bean
	static BridgeBeans arcllmLangChainStreamingChatModelBeans(Environment environment) {
		return new BridgeBeans(environment, STREAMING_CHAT_MODEL, StreamingChatModel.class, SECTION);
	}

	@Bean
	LangChain4jBridge arcllmLangChain4jBridge(ListableBeanFactory beans) {
		return new LangChain4jBridge(beans);
	}

	@Lazy
	@Bean(name = CHAT_MODEL, defaultCandidate = false)
	@ConditionalOnMissingBean
	ArcllmLangChainChatModel arcllmLangChainChatModel(ObjectProvider<LlmProvider> llm,
			ObjectProvider<StackLlmProviders> providers, ModuleSettings settings,
			ObjectProvider<ChatModelListener> listeners) {
		return new ArcllmLangChainChatModel(BridgedProvider.of(llm, providers, settings),
				listeners.orderedStream().toList());
	}

	@Lazy
	@Bean(name = STREAMING_CHAT_MODEL, defaultCandidate = false)
	@ConditionalOnMissingBean
	ArcllmLangChainStreamingChatModel arcllmLangChainStreamingChatModel(ObjectProvider<LlmProvider> llm,
			ObjectProvider<StackLlmProviders> providers, ModuleSettings settings,
			ObjectProvider<ChatModelListener> listeners) {
		return new ArcllmLangChainStreamingChatModel(BridgedProvider.of(llm, providers, settings),
				listeners.orderedStream().toList());
	}

}
