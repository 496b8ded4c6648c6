package io.arcllm.autoconfigure.bridge;

import java.util.Objects;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.stack.ModelBridge;
import io.arcllm.bridge.langchain4j.LangChain4jProvider;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * Makes providers from LangChain4j's chat models. The bean may be of either type, or of
 * both.
 *
 * @param beans has the models
 */
public record LangChain4jBridge(ListableBeanFactory beans) implements ModelBridge {

	@Override
	public String type() {
		return "langchain4j";
	}

	@Override
	public void check(ProviderDefinition definition) {
		ProviderDefinition.Beans names = Objects.requireNonNull(definition.beans());
		ModelBeans models = new ModelBeans(this.beans);
		models.check(definition, "bean", names.bean(), ChatModel.class, StreamingChatModel.class);
		if (names.streaming() != null) {
			models.check(definition, "streaming-bean", names.streaming(), StreamingChatModel.class);
		}
	}

	@Override
	public LlmProvider provider(ProviderDefinition definition) {
		ProviderDefinition.Beans names = Objects.requireNonNull(definition.beans());
		Object bean = this.beans.getBean(names.bean());
		return new LangChain4jProvider(definition.name(), definition.model(),
				(bean instanceof ChatModel whole) ? whole : null, streaming(names, bean));
	}

	@Override
	public int ownRetries(ProviderDefinition definition) {
		Object made = new ModelBeans(this.beans).made(Objects.requireNonNull(definition.beans()).bean());
		return (made == null) ? 0 : OwnRetries.of(made, null);
	}

	private @Nullable StreamingChatModel streaming(ProviderDefinition.Beans names, Object bean) {
		return (names.streaming() != null) ? this.beans.getBean(names.streaming(), StreamingChatModel.class)
				: (bean instanceof StreamingChatModel streaming) ? streaming : null;
	}

}
