package io.arcllm.autoconfigure.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmException;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;

/**
 * Resolves names of {@code arcllm.models} and bare models to targets. Immutable.
 */
public final class ModelNames {

	private static final String KEY = "arcllm.models";

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of(KEY);

	private final Map<String, Meant> names = new LinkedHashMap<>();

	private final Set<String> providers;

	private final Map<String, List<String>> bare = new LinkedHashMap<>();

	/**
	 * The meaning of a name.
	 *
	 * @param targets the targets in order, such as {@code openai/gpt-5-mini}
	 * @param chain whether they are a whole chain, and not a target with the chain of its
	 * provider
	 */
	public record Meant(List<String> targets, boolean chain) {

		public Meant {
			targets = List.copyOf(targets);
		}

	}

	/**
	 * @param configured {@code arcllm.models}: a target or a name, or a list of them
	 * @param definitions the configured providers with their models
	 * @param providers the names of all providers, including beans of the application
	 */
	public ModelNames(Map<String, Object> configured, ProviderDefinitions definitions, Collection<String> providers) {
		this.providers = Set.copyOf(providers);
		definitions.all().forEach(this::addBare);
		Map<String, List<String>> written = new LinkedHashMap<>();
		Set<String> chains = new LinkedHashSet<>();
		configured.forEach((name, value) -> {
			written.put(name, texts(name, value));
			if (!(value instanceof CharSequence text) || text.toString().contains(",")) {
				chains.add(name);
			}
		});
		written.keySet().forEach((name) -> {
			check(name, providers);
			List<String> targets = new ArrayList<>();
			boolean chain = expand(name, written, chains, providers, new LinkedHashSet<>(), targets);
			this.names.put(name, new Meant(List.copyOf(new LinkedHashSet<>(targets)), chain));
		});
	}

	private void addBare(ProviderDefinition definition) {
		Stream
			.concat(Stream.ofNullable(definition.model()),
					definition.models().stream().map(ProviderProperties.Model::name))
			.distinct()
			.forEach((model) -> this.bare.computeIfAbsent(model, (one) -> new ArrayList<>())
				.add(definition.name() + "/" + model));
	}

	private static List<String> texts(String name, @Nullable Object value) {
		List<String> texts = new ArrayList<>();
		if (value instanceof Map<?, ?> list) {
			for (int i = 0; i < list.size(); i++) {
				texts.add(Objects.toString(list.get(String.valueOf(i)), ""));
			}
		}
		else if (value instanceof Collection<?> list) {
			list.forEach((one) -> texts.add(String.valueOf(one)));
		}
		else if (value != null) {
			texts.addAll(List.of(value.toString().split(",")));
		}
		List<String> clean = texts.stream().map(String::trim).filter((text) -> !text.isEmpty()).toList();
		if (clean.isEmpty() || (value instanceof Map<?, ?> list && clean.size() < list.size())) {
			throw new ConfigMistake(KEY + "." + name, "'" + KEY + "." + name + "' stands for nothing.",
					"Write a target, such as openai/gpt-5-mini, or a list of targets. A name with a dot is written"
							+ " in brackets and quotes: \"[" + name + "]\".");
		}
		return clean;
	}

	private static void check(String name, Collection<String> providers) {
		if (providers.contains(name)) {
			throw new ConfigMistake(KEY + "." + name,
					"'" + KEY + "." + name
							+ "' has the name of a provider, so that it could not be told what is meant.",
					"Give it another name.");
		}
	}

	/**
	 * Finds names that binding would change, for example by dropping a dot.
	 * @param sources where names may be written
	 */
	static void checkSpelling(List<ConfigurationPropertySource> sources) {
		for (ConfigurationPropertySource source : sources) {
			if (source instanceof IterableConfigurationPropertySource iterable && !(source instanceof VariableSource)) {
				iterable.stream().filter(ROOT::isAncestorOf).forEach((name) -> checkSpelling(source, name));
			}
		}
	}

	private static void checkSpelling(ConfigurationPropertySource source, ConfigurationPropertyName name) {
		ConfigurationProperty property = source.getConfigurationProperty(name);
		Origin origin = (property == null) ? null : property.getOrigin();
		String written = (origin instanceof PropertySourceOrigin known) ? known.getPropertyName() : name.toString();
		String rest = written.substring(Math.min(written.length(), KEY.length() + 1));
		String model = rest.replaceAll("\\[\\d+]$", "");
		if (!model.startsWith("[") && !model.matches("[a-z0-9-]+") && !written.contains(KEY + "[")) {
			throw new ConfigMistake(KEY + "." + model,
					"'" + KEY + "." + model + "' would lose its dots, slashes, underscores or capitals.",
					"Write the name in brackets and quotes: \"[" + model + "]\".");
		}
	}

	/** Adds the targets of a name; returns whether they are a chain. */
	private boolean expand(String name, Map<String, List<String>> written, Set<String> chains,
			Collection<String> providers, Set<String> within, List<String> targets) {
		if (!within.add(name)) {
			throw new ConfigMistake(KEY + "." + name,
					"'" + KEY + "." + name + "' goes in a circle: " + String.join(" -> ", within) + " -> " + name + ".",
					"Let one of them name a target.");
		}
		boolean chain = chains.contains(name);
		for (String text : Objects.requireNonNull(written.get(name))) {
			if (written.containsKey(text)) {
				chain |= expand(text, written, chains, providers, within, targets);
			}
			else {
				targets.add(target(name, text, written.keySet(), providers));
			}
		}
		within.remove(name);
		return chain;
	}

	private String target(String name, String text, Collection<String> names, Collection<String> providers) {
		List<String> models = this.bare.getOrDefault(text, List.of());
		if (models.size() > 1) {
			throw new ConfigMistake(KEY + "." + name,
					"'" + KEY + "." + name + "' is '" + text + "', which several providers have.",
					"Name one of them: " + String.join(", ", models) + ".");
		}
		if (!models.isEmpty()) {
			return models.get(0);
		}
		String provider = parse(name, text).provider();
		if (!providers.contains(provider)) {
			List<String> known = Stream.concat(providers.stream(), names.stream()).toList();
			throw new ConfigMistake(KEY + "." + name,
					"'" + KEY + "." + name + "' is '" + text + "', but there is no provider '" + provider + "'.",
					Nearest.closeTo(provider, known).map((near) -> "Did you mean '" + near + "'? ").orElse("")
							+ "There are: " + String.join(", ", known) + ".");
		}
		return text;
	}

	private static Target parse(String name, String text) {
		try {
			return Target.parse(text);
		}
		catch (LlmConfigException ex) {
			throw new ConfigMistake(KEY + "." + name, "'" + KEY + "." + name + "' is wrong: " + ex.getMessage() + ".",
					"Correct the target.");
		}
	}

	/** The names of {@code arcllm.models} with their meanings. */
	public Map<String, Meant> all() {
		return this.names;
	}

	/**
	 * The meaning of a text; {@code null} if it is no name, but a target or the model of
	 * a provider.
	 * @throws LlmException of the kind MODEL_NOT_FOUND if it is a model that several
	 * providers have
	 */
	public @Nullable Meant find(String text) {
		Meant meant = this.names.get(text);
		List<String> models = (meant != null) ? List.of() : this.bare.getOrDefault(text, List.of());
		if (models.size() > 1) {
			throw LlmException
				.of(ErrorKind.MODEL_NOT_FOUND,
						"The model '" + text + "' is one of several providers: name " + String.join(" or ", models))
				.build();
		}
		return models.isEmpty() ? meant : new Meant(models, false);
	}

	/**
	 * Whether the text may have another meaning than a model of the provider that is
	 * asked.
	 */
	public boolean isKnown(String text) {
		return this.names.containsKey(text) || this.bare.containsKey(text) || isTarget(text);
	}

	/** Whether the text is a target of an existing provider. */
	public boolean isTarget(String text) {
		int slash = text.indexOf('/');
		return slash > 0 && this.providers.contains(text.substring(0, slash));
	}

	/** Whether the text is the name of a model of that provider. */
	public boolean isModelOf(String provider, String text) {
		for (String target : this.bare.getOrDefault(text, List.of())) {
			if (target.length() == provider.length() + 1 + text.length() && target.startsWith(provider)) {
				return true;
			}
		}
		return false;
	}

	/** The targets of the entries of a chain. */
	public List<String> expand(List<String> chain) {
		return chain.stream().flatMap((text) -> {
			Meant meant = this.names.isEmpty() && this.bare.isEmpty() ? null : find(text);
			return (meant == null) ? Stream.of(text) : meant.targets().stream();
		}).distinct().toList();
	}

}
