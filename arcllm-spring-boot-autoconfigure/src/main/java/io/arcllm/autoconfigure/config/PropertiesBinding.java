package io.arcllm.autoconfigure.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import io.arcllm.autoconfigure.config.KeyTree.KnownKeys;
import io.arcllm.autoconfigure.config.UnknownKeys.UnknownKeyCheck;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Binds {@link ArcllmProperties}, with the providers in the order they are declared in.
 */
public final class PropertiesBinding {

	private static final ConfigurationPropertyName PROVIDERS = ConfigurationPropertyName.of("arcllm.providers");

	private PropertiesBinding() {
	}

	public static ArcllmProperties bind(LayeredBinder binder) {
		List<ConfigurationPropertySource> sources = binder.raw();
		new UnknownKeyCheck(binder.known()).check(sources);
		List<ConfigLayer> layers = new ArrayList<>(binder.configured());
		layers.add(binder.defaults());
		ArcllmProperties bound = binder.bind("arcllm", ArcllmProperties.class, layers);
		Map<String, ProviderProperties> providers = new LinkedHashMap<>();
		names(binder).forEach((name) -> {
			ProviderProperties provider = bound.providers().get(name);
			ProviderProperties known = (provider != null) ? provider
					: binder.bind("arcllm.providers." + name, ProviderProperties.class, layers);
			providers.put(name, known.options().isEmpty() ? known : known
				.withOptions(new OptionTypes(sources, "arcllm.providers." + name + ".options").of(known.options())));
		});
		return new ArcllmProperties(bound.provider(), bound.maxAttempts(), bound.deadline(), providers, bound.modules(),
				bound.springAi(), bound.langchain4j());
	}

	/**
	 * The names of the providers. The lowest source comes first, since files declare and
	 * command lines override. A variable of the environment cannot write a dash, and so
	 * does not declare 'myllm' beside 'my-llm'. A name with nothing beneath it is a
	 * provider, too: its preset may be all it needs.
	 */
	public static List<String> names(LayeredBinder binder) {
		List<ConfigurationPropertySource> sources = binder.raw();
		Map<String, String> names = new LinkedHashMap<>();
		for (int i = sources.size() - 1; i >= 0; i--) {
			if (!isEnvironment(sources.get(i))) {
				namesIn(sources.get(i)).forEach((name) -> names.putIfAbsent(KeyTree.uniform(name), name));
			}
		}
		sources.stream()
			.filter(PropertiesBinding::isEnvironment)
			.flatMap((source) -> namesInVariables(source, binder.known()).stream())
			.forEach((name) -> names.putIfAbsent(KeyTree.uniform(name), name));
		return List.copyOf(names.values());
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

	private static Set<String> namesInVariables(ConfigurationPropertySource source, KnownKeys known) {
		Set<String> names = new TreeSet<>();
		if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource environment) {
			for (String variable : environment.getPropertyNames()) {
				List<String> parts = UnknownKeys.parts(variable);
				if (parts.size() > 3 && parts.subList(0, 2).equals(List.of("arcllm", "providers"))) {
					KeyTree provider = UnknownKeys.node(known.root(), parts.subList(0, 3));
					if (provider != null && UnknownKeys.isKnownVariable(provider, parts.subList(3, parts.size()))) {
						names.add(parts.get(2));
					}
				}
			}
		}
		return names;
	}

	static boolean isEnvironment(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
	}

}
