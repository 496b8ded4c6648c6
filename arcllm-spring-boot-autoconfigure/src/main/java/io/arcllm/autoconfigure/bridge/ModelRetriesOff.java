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
 * Switches off the retries inside models of Spring AI's starters that a stack asks,
 * because the stack has its own. Settings of the application stay.
 *
 * @param environment gets the settings, with the lowest precedence
 */
public record ModelRetriesOff(ConfigurableEnvironment environment) implements BeanFactoryPostProcessor {

	/** The setting of each starter, by the name of its bean. */
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

	/** The bean of a provider. */
	record Asked(@Nullable String bean) {
	}

}
