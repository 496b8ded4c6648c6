package io.arcllm.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Binds {@link ArcllmProperties}, with the providers in the order they are declared in.
 */
final class PropertiesBinding {

	private static final ConfigurationPropertyName PROVIDERS = ConfigurationPropertyName.of("arcllm.providers");

	private PropertiesBinding() {
	}

	static ArcllmProperties bind(LayeredBinder binder) {
		List<ConfigurationPropertySource> sources = binder.configured();
		List<ConfigLayer> layers = new ArrayList<>();
		sources.forEach((source) -> layers.add(new ConfigLayer("", source)));
		layers.add(binder.defaults());
		ArcllmProperties bound = binder.bind("arcllm", ArcllmProperties.class, layers);
		return new ArcllmProperties(bound.provider(), bound.maxAttempts(), bound.deadline(),
				inOrder(bound.providers(), sources), bound.modules());
	}

	/**
	 * The lowest source first, since files declare and command lines override. A variable
	 * of the environment cannot write a dash, and so does not declare 'myllm' beside
	 * 'my-llm'.
	 */
	private static Map<String, ProviderProperties> inOrder(Map<String, ProviderProperties> bound,
			List<ConfigurationPropertySource> sources) {
		Map<String, String> names = new LinkedHashMap<>();
		for (int i = sources.size() - 1; i >= 0; i--) {
			if (!isEnvironment(sources.get(i))) {
				namesIn(sources.get(i)).forEach((name) -> names.putIfAbsent(uniform(name), name));
			}
		}
		new TreeSet<>(bound.keySet()).forEach((name) -> names.putIfAbsent(uniform(name), name));
		Map<String, ProviderProperties> ordered = new LinkedHashMap<>();
		names.values().stream().filter(bound::containsKey).forEach((name) -> ordered.put(name, bound.get(name)));
		return ordered;
	}

	private static Set<String> namesIn(ConfigurationPropertySource source) {
		Set<String> names = new LinkedHashSet<>();
		if (source instanceof IterableConfigurationPropertySource iterable) {
			iterable.stream()
				.filter(PROVIDERS::isAncestorOf)
				.forEach((name) -> names.add(name.getElement(2, Form.ORIGINAL)));
		}
		return names;
	}

	static boolean isEnvironment(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
	}

	private static String uniform(String name) {
		return name.replace("-", "").toLowerCase(Locale.ROOT);
	}

}
