package io.arcllm.autoconfigure.bridge;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Switches off the retries inside models of Spring AI's own starters that are asked by a
 * stack, which has its own. What the application has written stays.
 *
 * @param environment gets the settings, behind all others
 */
public record ModelRetriesOff(ConfigurableEnvironment environment) implements BeanFactoryPostProcessor {

	/** By the name of the bean that a starter makes. */
	private static final Map<String, String> SETTINGS = Map.of("openAiChatModel", "spring.ai.openai.chat.max-retries",
			"anthropicChatModel", "spring.ai.anthropic.chat.max-retries");

	private static final String SOURCE = "models asked by arcllm";

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
		Binder binder = Binder.get(this.environment);
		boolean wraps = binder.bind("arcllm.spring-ai.wrap", Boolean.class).orElse(Boolean.FALSE);
		Map<String, Object> defaults = new LinkedHashMap<>();
		SETTINGS.forEach((bean, setting) -> {
			boolean written = binder.bind(setting.replace(".chat.", "."), Integer.class).isBound();
			if ((wraps || isAsked(binder, bean)) && !written) {
				defaults.put(setting, 0);
			}
		});
		if (!defaults.isEmpty() && !this.environment.getPropertySources().contains(SOURCE)) {
			this.environment.getPropertySources().addLast(new MapPropertySource(SOURCE, defaults));
		}
	}

	private static boolean isAsked(Binder binder, String bean) {
		return binder.bind("arcllm.providers", Bindable.mapOf(String.class, Asked.class))
			.map((providers) -> providers.values().stream().anyMatch((one) -> bean.equals(one.bean())))
			.orElse(false);
	}

	/** What a provider asks. */
	record Asked(@Nullable String bean) {
	}

}
