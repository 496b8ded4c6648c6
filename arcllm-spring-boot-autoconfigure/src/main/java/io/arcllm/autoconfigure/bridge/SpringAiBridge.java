package io.arcllm.autoconfigure.bridge;

import java.util.Objects;

import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.stack.ModelBridge;
import io.arcllm.bridge.springai.SpringAiProvider;
import org.springframework.ai.chat.model.ChatModel;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * Makes providers from Spring AI's chat models.
 *
 * @param beans has the models
 */
public record SpringAiBridge(ListableBeanFactory beans) implements ModelBridge {

	@Override
	public String type() {
		return "spring-ai";
	}

	@Override
	public void check(ProviderDefinition definition) {
		new ModelBeans(this.beans).check(definition, "bean", bean(definition), ChatModel.class);
	}

	@Override
	public LlmProvider provider(ProviderDefinition definition) {
		return new SpringAiProvider(definition.name(), definition.model(),
				this.beans.getBean(bean(definition), ChatModel.class));
	}

	@Override
	public int ownRetries(ProviderDefinition definition) {
		Object made = new ModelBeans(this.beans).made(bean(definition));
		return (made instanceof ChatModel model) ? OwnRetries.of(model, model.getOptions()) : 0;
	}

	private String bean(ProviderDefinition definition) {
		ProviderDefinition.Beans named = Objects.requireNonNull(definition.beans());
		return named.isOnly() ? new ModelBeans(this.beans).only("arcllm.spring-ai.wrap", definition, ChatModel.class)
				: named.bean();
	}

}
