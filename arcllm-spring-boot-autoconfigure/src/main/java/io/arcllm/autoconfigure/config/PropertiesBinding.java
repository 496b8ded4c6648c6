package io.arcllm.autoconfigure.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.arcllm.autoconfigure.config.ArcllmProperties.SpringAiSettings;
import io.arcllm.autoconfigure.config.UnknownKeys.UnknownKeyCheck;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Binds {@link ArcllmProperties}, with the providers in the order in which they are
 * declared.
 */
public final class PropertiesBinding {

	private static final ConfigurationPropertyName PROVIDERS = ConfigurationPropertyName.of("arcllm.providers");

	/** Sources of the process, which are not files. */
	private static final Set<String> OF_THE_PROCESS = Set.of("commandLineArgs", "systemProperties");

	private PropertiesBinding() {
	}

	public static ArcllmProperties bind(LayeredBinder binder) {
		List<ConfigurationPropertySource> sources = binder.raw();
		new UnknownKeyCheck(binder.known()).check(sources);
		ModelNames.checkSpelling(sources);
		List<ConfigLayer> layers = new ArrayList<>(binder.configured());
		layers.add(binder.defaults());
		ArcllmProperties bound = binder.bind("arcllm", ArcllmProperties.class, layers);
		Map<String, ProviderProperties> providers = new LinkedHashMap<>();
		names(binder).forEach((name) -> {
			ProviderProperties provider = bound.providers().get(name);
			ProviderProperties known = (provider != null) ? provider
					: binder.bind("arcllm.providers." + name, ProviderProperties.class, layers);
			providers.put(name, typed(known, sources, "arcllm.providers." + name));
		});
		return new ArcllmProperties(bound.profile(), bound.provider(), bound.maxAttempts(), bound.deadline(),
				bound.lint(), bound.warmUp(), providers, bound.models(), bound.modules(), bound.springAi(),
				bound.langchain4j());
	}

	/** The provider, with its own options and those of its models as they are sent. */
	private static ProviderProperties typed(ProviderProperties provider, List<ConfigurationPropertySource> sources,
			String key) {
		ProviderProperties typed = provider.options().isEmpty() ? provider
				: provider.withOptions(new OptionTypes(sources, key + ".options").of(provider.options()));
		if (provider.models().stream().allMatch((model) -> model.options().isEmpty())) {
			return typed;
		}
		List<ProviderProperties.Model> models = new ArrayList<>(provider.models());
		for (int i = 0; i < models.size(); i++) {
			ProviderProperties.Model model = models.get(i);
			models.set(i, model
				.withOptions(new OptionTypes(sources, key + ".models[" + i + "].options").of(model.options())));
		}
		return typed.withModels(models);
	}

	/**
	 * The names of the providers. The source of lowest precedence comes first, because
	 * files declare and command lines override. A variable of the environment cannot have
	 * a dash, so it does not declare 'myllm' beside 'my-llm'. A name without keys is a
	 * provider, too, because its preset may be enough. A wrapped model comes first.
	 */
	public static List<String> names(LayeredBinder binder) {
		List<ConfigurationPropertySource> sources = binder.raw();
		Map<String, String> names = new LinkedHashMap<>();
		if (binder.wraps()) {
			names.put(KeyTree.uniform(SpringAiSettings.WRAPPED), SpringAiSettings.WRAPPED);
		}
		declared(sources).forEach((name) -> names.putIfAbsent(KeyTree.uniform(name), name));
		sources.stream()
			.filter(VariableSource.class::isInstance)
			.flatMap((source) -> names(((VariableSource) source).known()).sorted())
			.forEach((name) -> names.putIfAbsent(KeyTree.uniform(name), name));
		return List.copyOf(names.values());
	}

	/**
	 * The names in the order of the files; those that only the command line, a system
	 * property or a variable declares follow by name.
	 */
	static List<String> namesInOrderOfFiles(LayeredBinder binder) {
		List<String> names = names(binder);
		Set<String> filed = new LinkedHashSet<>(
				declared(binder.raw().stream().filter((source) -> !isOfTheProcess(source)).toList()));
		List<String> ordered = new ArrayList<>(filed);
		if (binder.wraps()) {
			ordered.remove(SpringAiSettings.WRAPPED);
			ordered.add(0, SpringAiSettings.WRAPPED);
		}
		ordered.retainAll(names);
		names.stream().filter((name) -> !ordered.contains(name)).sorted().forEach(ordered::add);
		return List.copyOf(ordered);
	}

	private static boolean isOfTheProcess(ConfigurationPropertySource source) {
		return isEnvironment(source) || (source.getUnderlyingSource() instanceof PropertySource<?> known
				&& OF_THE_PROCESS.contains(known.getName()));
	}

	/** The names outside of variables, the source of lowest precedence first. */
	static List<String> declared(List<ConfigurationPropertySource> sources) {
		Set<String> names = new LinkedHashSet<>();
		for (int i = sources.size() - 1; i >= 0; i--) {
			if (!isEnvironment(sources.get(i))
					&& sources.get(i) instanceof IterableConfigurationPropertySource iterable) {
				names(iterable.stream()).forEach(names::add);
			}
		}
		return List.copyOf(names);
	}

	private static Stream<String> names(Stream<ConfigurationPropertyName> keys) {
		return keys.filter(PROVIDERS::isAncestorOf)
			.map((name) -> name.getElement(2, Form.ORIGINAL))
			.peek(ProviderDefinitions::checkName);
	}

	static boolean isEnvironment(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
	}

}
