package io.arcllm.autoconfigure.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.arcllm.autoconfigure.config.ArcllmProperties.Profile;
import io.arcllm.autoconfigure.config.ArcllmProperties.SpringAiSettings;
import io.arcllm.autoconfigure.config.KeyTree.KnownKeys;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.ResourcePropertySource;
import org.springframework.util.function.SingletonSupplier;

/**
 * Binds the configuration over the defaults of the library, and explains what cannot be
 * bound. Its sources are fixed; a refresh makes a new binder.
 */
public final class LayeredBinder {

	private static final String DEFAULTS = "META-INF/arcllm/defaults.properties";

	/** The defaults of the profile of that name. */
	private static final String RESILIENT = "META-INF/arcllm/resilient.properties";

	private static final String ORDER = "arcllm.modules.order";

	private final Environment environment;

	private final ConfigLayer defaults;

	private final SingletonSupplier<ConfigLayer> effectiveDefaults = SingletonSupplier.of(this::profiled);

	private final SingletonSupplier<List<ConfigurationPropertySource>> raw = SingletonSupplier.of(this::meant);

	private final SingletonSupplier<List<ConfigLayer>> configured = SingletonSupplier.of(this::withoutBlankKeys);

	private final List<String> defaultOrder;

	private final KnownKeys known;

	public LayeredBinder(Environment environment) {
		this(environment, List.of());
	}

	/**
	 * @param environment the configuration
	 * @param modules names of modules that are beans of the application
	 */
	public LayeredBinder(Environment environment, Collection<String> modules) {
		this.environment = environment;
		ResourcePropertySource defaults = read(DEFAULTS);
		this.defaults = new ConfigLayer("", Objects.requireNonNull(ConfigurationPropertySource.from(defaults)));
		this.defaultOrder = order(List.of(this.defaults.source()));
		// a module in the order that is not one of ours is the application's own
		List<String> own = new ArrayList<>(order(MeantSources.of(environment)));
		own.removeAll(defaultOrder());
		own.addAll(modules);
		this.known = new KnownKeys(Set.of(defaults.getPropertyNames()), own, planned());
	}

	private static ResourcePropertySource read(String file) {
		try {
			return new ResourcePropertySource(file, new ClassPathResource(file, LayeredBinder.class.getClassLoader()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The known keys. */
	KnownKeys known() {
		return this.known;
	}

	/** Our modules that do not exist yet. */
	List<String> planned() {
		return defaultOrder().stream().filter((module) -> !ModuleSettings.types().containsKey(module)).toList();
	}

	/** Our modules, including those that do not exist yet. */
	List<String> defaultOrder() {
		return this.defaultOrder;
	}

	private List<String> order(List<ConfigurationPropertySource> sources) {
		return binder(sources).bind(ORDER, Bindable.listOf(String.class)).orElse(List.of());
	}

	/** The environment's sources as they are, highest precedence first. */
	List<ConfigurationPropertySource> raw() {
		return this.raw.obtain();
	}

	private List<ConfigurationPropertySource> meant() {
		List<ConfigurationPropertySource> sources = MeantSources.of(this.environment);
		List<String> declared = PropertiesBinding.declared(sources);
		return sources.stream().map((source) -> VariableSource.meantBy(source, this.known.root(), declared)).toList();
	}

	/** The configuration, highest precedence first; blank keys are left out. */
	List<ConfigLayer> configured() {
		return this.configured.obtain();
	}

	private List<ConfigLayer> withoutBlankKeys() {
		return raw().stream()
			.map((source) -> MeantSources.withoutBlankKeys(source, known().root(), this.environment))
			.map((source) -> new ConfigLayer("", source))
			.toList();
	}

	/** Whether a key is configured, and not only has a default. */
	public boolean isConfigured(String key) {
		return configured().stream().anyMatch((layer) -> layer.contains(key));
	}

	/**
	 * Everything that is configured under {@code arcllm}, to find out whether anything
	 * has changed.
	 */
	public Map<String, String> written() {
		Map<String, String> written = new LinkedHashMap<>();
		written("arcllm").forEach((key) -> configured().stream()
			.map((layer) -> layer.find(key))
			.filter(Objects::nonNull)
			.findFirst()
			.ifPresent((property) -> written.put(key,
					this.environment.resolvePlaceholders(String.valueOf(property.getValue())))));
		return written;
	}

	/** The configured keys under a prefix. */
	List<String> written(String prefix) {
		ConfigurationPropertyName root = ConfigurationPropertyName.of(prefix);
		return configured().stream()
			.map(ConfigLayer::source)
			.filter(IterableConfigurationPropertySource.class::isInstance)
			.flatMap((source) -> ((IterableConfigurationPropertySource) source).stream())
			.filter(root::isAncestorOf)
			.map(ConfigurationPropertyName::toString)
			.distinct()
			.toList();
	}

	/** The configuration under a prefix. */
	List<ConfigLayer> configured(String prefix) {
		return configured().stream().map((layer) -> layer.under(prefix)).toList();
	}

	/**
	 * The library's own defaults, with those of the profile and of {@code
	 * arcllm.spring-ai.wrap} over them.
	 */
	ConfigLayer defaults() {
		return this.effectiveDefaults.obtain();
	}

	private ConfigLayer profiled() {
		boolean resilient = profile() != Profile.NONE;
		boolean wraps = wraps();
		if (!resilient && !wraps) {
			return this.defaults;
		}
		Map<String, Object> all = new LinkedHashMap<>(read(DEFAULTS).getSource());
		if (resilient) {
			all.putAll(read(RESILIENT).getSource());
		}
		if (wraps) {
			String provider = "arcllm.providers." + SpringAiSettings.WRAPPED;
			all.put("arcllm.provider", SpringAiSettings.WRAPPED);
			all.put(provider + ".type", "spring-ai");
			all.put(provider + ".bean", ProviderDefinition.Beans.ONLY);
		}
		List<String> providers = PropertiesBinding.namesInOrderOfFiles(this);
		if (providers.size() > 1) {
			all.put("arcllm.modules.fallback.enabled", "true");
			all.put("arcllm.modules.fallback.chain", String.join(",", providers));
		}
		return new ConfigLayer("", new MapConfigurationPropertySource(all));
	}

	/** Whether the application's model of Spring AI is a provider. */
	public boolean wraps() {
		return isOn("arcllm.spring-ai.wrap");
	}

	/** Whether a switch is on. */
	public boolean isOn(String key) {
		return written(key, Boolean.class, false);
	}

	/** Whether a provider asks this bean of another library. */
	public boolean isAsked(String bean) {
		return written("arcllm.providers").stream()
			.filter((key) -> key.endsWith(".bean"))
			.anyMatch((key) -> bean.equals(written(key, String.class, "")));
	}

	private Profile profile() {
		return written("arcllm.profile", Profile.class, Profile.NONE);
	}

	/**
	 * The configured value; an invalid one is reported later, when everything is bound.
	 */
	private <T> T written(String key, Class<T> type, T otherwise) {
		List<ConfigurationPropertySource> sources = configured().stream().map(ConfigLayer::source).toList();
		try {
			return binder(sources).bind(key, type).orElse(otherwise);
		}
		catch (BindException ex) {
			return otherwise;
		}
	}

	/**
	 * Runs code that may find a mistake, and adds the place where it is written.
	 */
	public <T extends @Nullable Object> T located(Supplier<T> work) {
		try {
			return work.get();
		}
		catch (ConfigMistake ex) {
			throw ex.at(origin(ex.key()));
		}
	}

	/**
	 * The same without a result.
	 */
	public void locating(Runnable work) {
		located(() -> {
			work.run();
			return null;
		});
	}

	/** Where a key, or one beside or beneath it, is written, such as file and line. */
	public @Nullable String origin(@Nullable String key) {
		if (key == null || !ConfigurationPropertyName.isValid(key)) {
			return null;
		}
		ConfigurationPropertyName name = ConfigurationPropertyName.of(key);
		String origin = originBeneath(name);
		while (origin == null && name.getNumberOfElements() > 3) {
			name = name.getParent();
			origin = originBeneath(name);
		}
		return origin;
	}

	private @Nullable String originBeneath(ConfigurationPropertyName name) {
		List<ConfigLayer> layers = configured();
		return Stream.concat(Stream.of(name.toString()), written(name.toString()).stream())
			.flatMap((one) -> layers.stream().map((layer) -> layer.origin(one)))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Binds a name over layers, key by key; the first layer that has a key is used.
	 */
	<T> T bind(String name, Class<T> type, List<ConfigLayer> layers) {
		try {
			return binder(layers.stream().map(ConfigLayer::source).toList()).bindOrCreate(name, Bindable.of(type),
					new UnitCheck(this.environment));
		}
		catch (BindException ex) {
			throw BindMistake.explain(ex, layers);
		}
	}

	private Binder binder(List<ConfigurationPropertySource> sources) {
		return new Binder(sources, new PropertySourcesPlaceholdersResolver(this.environment));
	}

}
