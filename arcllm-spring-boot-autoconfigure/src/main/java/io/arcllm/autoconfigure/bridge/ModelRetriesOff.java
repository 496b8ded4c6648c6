package io.arcllm.autoconfigure.bridge;

import java.util.LinkedHashMap;
import java.util.Map;

import io.arcllm.autoconfigure.config.LayeredBinder;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
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
		Binder theirs = Binder.get(this.environment);
		LayeredBinder ours = new LayeredBinder(this.environment);
		boolean wraps = ours.wraps();
		Map<String, Object> defaults = new LinkedHashMap<>();
		SETTINGS.forEach((bean, setting) -> {
			boolean written = theirs.bind(setting.replace(".chat.", "."), Integer.class).isBound();
			if ((wraps || ours.isAsked(bean)) && !written) {
				defaults.put(setting, 0);
			}
		});
		if (!defaults.isEmpty() && !this.environment.getPropertySources().contains(SOURCE)) {
			this.environment.getPropertySources().addLast(new MapPropertySource(SOURCE, defaults));
		}
	}

}
