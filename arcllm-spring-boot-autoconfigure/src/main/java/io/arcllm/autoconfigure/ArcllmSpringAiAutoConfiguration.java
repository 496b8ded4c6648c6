package io.arcllm.autoconfigure;

import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.bridge.BridgeBeans;
import io.arcllm.autoconfigure.bridge.BridgedProvider;
import io.arcllm.autoconfigure.bridge.ModelRetriesOff;
import io.arcllm.autoconfigure.bridge.SpringAiBridge;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.stack.StackLlmProviders;
import io.arcllm.bridge.springai.ArcllmChatModel;
import org.springframework.ai.chat.model.ChatModel;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * Provides the primary stack as Spring AI's chat model, and Spring AI's chat models as
 * targets.
 */
@AutoConfiguration(after = ArcllmAutoConfiguration.class)
@ConditionalOnClass(ChatModel.class)
public final class ArcllmSpringAiAutoConfiguration {

	static final String CHAT_MODEL = "arcllmChatModel";

	@Bean
	static BridgeBeans arcllmChatModelBeans(Environment environment) {
		return new BridgeBeans(environment, CHAT_MODEL, ChatModel.class, "arcllm.spring-ai");
	}

	@Bean
	static ModelRetriesOff arcllmModelRetriesOff(ConfigurableEnvironment environment) {
		return new ModelRetriesOff(environment);
	}

	@Bean
	SpringAiBridge arcllmSpringAiBridge(ListableBeanFactory beans) {
		return new SpringAiBridge(beans);
	}

	@Lazy
	@Bean(name = CHAT_MODEL, defaultCandidate = false)
	@ConditionalOnMissingBean
	ArcllmChatModel arcllmChatModel(ObjectProvider<LlmProvider> llm, ObjectProvider<StackLlmProviders> providers,
			ModuleSettings settings) {
		return new ArcllmChatModel(BridgedProvider.of(llm, providers, settings));
	}

}
