package io.arcllm.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

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
		List<ConfigurationPropertySource> sources = binder.raw();
		new UnknownKeyCheck(binder.known()).check(sources);
		List<ConfigLayer> layers = new ArrayList<>(binder.configured());
		layers.add(binder.defaults());
		ArcllmProperties bound = binder.bind("arcllm", ArcllmProperties.class, layers);
		return new ArcllmProperties(bound.provider(), bound.maxAttempts(), bound.deadline(),
				inOrder(bound.providers(), sources,
						(name) -> binder.bind("arcllm.providers." + name, ProviderProperties.class, layers)),
				bound.modules());
	}

	/**
	 * The lowest source first, since files declare and command lines override. A variable
	 * of the environment cannot write a dash, and so does not declare 'myllm' beside
	 * 'my-llm'. A name with nothing beneath it is a provider, too: its preset may be all
	 * it needs.
	 */
	private static Map<String, ProviderProperties> inOrder(Map<String, ProviderProperties> bound,
			List<ConfigurationPropertySource> sources, Function<String, ProviderProperties> bare) {
		Map<String, String> names = new LinkedHashMap<>();
		for (int i = sources.size() - 1; i >= 0; i--) {
			if (!isEnvironment(sources.get(i))) {
				namesIn(sources.get(i)).forEach((name) -> names.putIfAbsent(KeyTree.uniform(name), name));
			}
		}
		new TreeSet<>(bound.keySet()).forEach((name) -> names.putIfAbsent(KeyTree.uniform(name), name));
		Map<String, ProviderProperties> ordered = new LinkedHashMap<>();
		names.values()
			.forEach((name) -> ordered.put(name, bound.containsKey(name) ? bound.get(name) : bare.apply(name)));
		return ordered;
	}

	private static Set<String> namesIn(ConfigurationPropertySource source) {
		Set<String> names = new LinkedHashSet<>();
		if (source instanceof IterableConfigurationPropertySource iterable) {
			iterable.stream()
				.filter(PROVIDERS::isAncestorOf)
				.map((name) -> name.getElement(2, Form.ORIGINAL))
				.peek(ProviderDefinitions::checkName)
				.forEach(names::add);
		}
		return names;
	}

	static boolean isEnvironment(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
	}

}
