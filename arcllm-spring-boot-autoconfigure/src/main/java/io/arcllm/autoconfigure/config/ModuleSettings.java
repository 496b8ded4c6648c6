package io.arcllm.autoconfigure.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.arcllm.CallOptions;
import io.arcllm.CallOptions.ModuleOverride;
import io.arcllm.autoconfigure.config.KeyTree.Section;
import io.arcllm.module.fallback.FallbackSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.function.SingletonSupplier;

/**
 * Whether a module is on for a provider and a call, and its settings. Overrides in code
 * take precedence over those of the provider, these over {@code arcllm.modules}, and
 * these over the defaults, key by key. Safe for use by many threads.
 */
public final class ModuleSettings {

	private static final ModuleOverride AS_CONFIGURED = new ModuleOverride(null, Map.of());

	private static final Map<String, Class<?>> TYPES = findTypes();

	/** The present configuration; swapped by a refresh. */
	private volatile State state;

	/**
	 * A configuration, and what was bound from it so far.
	 *
	 * @param binder reads what is not in the properties
	 * @param properties the configuration under {@code arcllm}
	 * @param configured settings that were bound, each once
	 */
	private record State(LayeredBinder binder, Supplier<ArcllmProperties> properties,
			Map<Configured, Object> configured) {
	}

	/**
	 * @param binder reads what is not in the properties
	 * @param properties the configuration under {@code arcllm}
	 */
	public ModuleSettings(LayeredBinder binder, ArcllmProperties properties) {
		this(binder, () -> properties);
	}

	ModuleSettings(LayeredBinder binder) {
		this(binder, SingletonSupplier.of(() -> PropertiesBinding.bind(binder)));
	}

	private ModuleSettings(LayeredBinder binder, Supplier<ArcllmProperties> properties) {
		this.state = new State(binder, properties, new ConcurrentHashMap<>());
	}

	/** Applies a new configuration. */
	public void use(ModuleSettings newer) {
		this.state = newer.state;
	}

	private LayeredBinder binder() {
		return this.state.binder();
	}

	/** The modules with settings, and the records of their settings. */
	public static Map<String, Class<?>> types() {
		return TYPES;
	}

	private static Map<String, Class<?>> findTypes() {
		Map<String, Class<?>> types = new LinkedHashMap<>();
		for (RecordComponent component : ArcllmProperties.Modules.class.getRecordComponents()) {
			if (component.getType().isRecord()) {
				types.put(DataObjectPropertyName.toDashedForm(component.getName()), component.getType());
			}
		}
		return Collections.unmodifiableMap(types);
	}

	/**
	 * Whether the module is on. Off takes precedence over settings, settings over on, and
	 * on over the configuration. A module without a switch, such as one of the
	 * application, is on.
	 * @param provider the provider whose overrides apply, or {@code null} for what wraps
	 * a whole chain
	 */
	public boolean enabled(String module, @Nullable String provider, CallOptions options) {
		Boolean overridden = options.modules().getOrDefault(module, AS_CONFIGURED).effectivelyEnabled();
		if (overridden != null) {
			return overridden;
		}
		if (module.equals("fallback") && options.chain() != null) {
			return true;
		}
		String key = DataObjectPropertyName.toDashedForm(module);
		if (!ConfigurationPropertyName.isValid(key)) {
			return true;
		}
		return !Boolean.FALSE.equals(configured(key, Switch.class, provider).enabled());
	}

	/**
	 * The module's settings.
	 * @throws io.arcllm.LlmConfigException if a setting is unknown or invalid
	 */
	public <S> S bind(String module, Class<S> type, @Nullable String provider, CallOptions options) {
		checkKeys(module, options);
		return overrides(module, options).isEmpty() ? configured(module, type, provider)
				: binder().bind(module, type, layers(module, provider, options));
	}

	public <S> S configured(String module, Class<S> type, @Nullable String provider) {
		S shared = (provider == null && TYPES.get(module) == type)
				? this.state.properties().get().modules().settings(type) : null;
		return (shared != null) ? shared : bound(module, type, provider);
	}

	private <S> S bound(String module, Class<S> type, @Nullable String provider) {
		Configured key = new Configured(module, type, provider);
		State state = this.state;
		Object bound = state.configured().get(key);
		if (bound == null) {
			bound = (provider == null || hasOwn(module, provider))
					? binder().bind(module, type, layers(module, provider, CallOptions.NONE))
					: configured(module, type, null);
			state.configured().put(key, bound);
		}
		return type.cast(bound);
	}

	/** Whether a provider has its own settings of the module. */
	private boolean hasOwn(String module, String provider) {
		if (!ProviderDefinitions.isName(provider)) {
			return false;
		}
		ConfigurationPropertyName name = ConfigurationPropertyName
			.of("arcllm.providers." + provider + ".modules" + (module.isEmpty() ? "" : "." + module));
		return binder().raw().stream().anyMatch((source) -> mayHave(source, name));
	}

	/**
	 * Whether a source may have such settings. Variables do not show where a name ends,
	 * so each may belong to any provider.
	 */
	private static boolean mayHave(ConfigurationPropertySource source, ConfigurationPropertyName name) {
		if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables) {
			return Arrays.stream(variables.getPropertyNames())
				.anyMatch((variable) -> variable.toLowerCase(Locale.ROOT).startsWith("arcllm"));
		}
		return source.containsDescendantOf(name) != ConfigurationPropertyState.ABSENT;
	}

	/** Whether a provider has its own settings of any module. */
	boolean hasOwn(String provider) {
		return hasOwn("", provider);
	}

	/**
	 * What is named besides providers: the primary target, and those of chains that are
	 * on.
	 * @param providers whose chains
	 */
	public Stream<String> namedTargets(Collection<String> providers) {
		Stream<String> chained = providers.stream()
			.filter((provider) -> enabled("fallback", provider, CallOptions.NONE))
			.flatMap((provider) -> bind("fallback", FallbackSettings.class, provider, CallOptions.NONE).allTargets());
		return Stream.concat(Stream.ofNullable(this.state.properties().get().provider()), chained);
	}

	/**
	 * The module's settings at a place of a stack.
	 */
	public <S> S bind(String module, Class<S> type, StackPosition place) {
		return bind(module, type, place.provider(), place.options());
	}

	/**
	 * The options of a chain's entry, with the types in which they are sent.
	 * @param provider the provider of the chain
	 * @param index of the entry
	 */
	public Map<String, Object> typed(Map<String, Object> options, String provider, int index) {
		String entry = "modules.fallback.chain[" + index + "].options";
		List<ConfigurationPropertySource> sources = binder().raw();
		String own = "arcllm.providers." + provider + "." + entry;
		boolean hasOwn = ProviderDefinitions.isName(provider) && hasOwn("fallback", provider);
		return new OptionTypes(sources, hasOwn ? own : "arcllm." + entry).of(options);
	}

	/**
	 * Refuses overrides of unknown modules and settings.
	 * @param own names of modules of the application
	 */
	public void check(CallOptions options, Collection<String> own) {
		Set<String> known = new TreeSet<>(own);
		known.addAll(binder().known().modules().children().keySet());
		options.modules().keySet().forEach((module) -> {
			if (!known.contains(module)) {
				throw new ConfigMistake(module, "There is no module '" + module + "' to override.", "Did you mean '"
						+ Nearest.to(module, known).orElse("") + "'? Known: " + String.join(", ", known) + ".");
			}
			checkKeys(module, options);
			if (binder().planned().contains(module) && enabled(module, null, options)) {
				throw new ConfigMistake(module, "This version has no module '" + module + "' yet.",
						"Leave the override out.");
			}
		});
	}

	private void checkKeys(String module, CallOptions options) {
		Section modules = binder().known().modules();
		if (modules.child(module) == null) {
			return;
		}
		overrides(module, options).keySet().forEach((key) -> {
			if (key.startsWith("retry.budget")) {
				throw new ConfigMistake(key, "'" + key + "' would do nothing: the budget is of the whole process.",
						"Set it under arcllm.modules.");
			}
			UnknownKeys.find(modules, List.of(key.split("\\."))).ifPresent((unknown) -> {
				throw new ConfigMistake(key, "The module '" + module + "' has no setting '"
						+ key.substring(module.length() + 1) + "' to override.", unknown.action());
			});
		});
	}

	/**
	 * The layer in which a setting is configured, except the defaults.
	 */
	public Optional<ConfigLayer> configured(String module, @Nullable String provider, String key) {
		List<ConfigLayer> layers = layers(module, provider, CallOptions.NONE);
		return layers.subList(0, layers.size() - 1)
			.stream()
			.filter((layer) -> layer.contains(module + "." + key))
			.findFirst();
	}

	/**
	 * Settings of modules that are off without being switched off: the module by the
	 * whole key.
	 */
	public Map<String, String> idle() {
		Map<String, String> idle = new LinkedHashMap<>();
		List<@Nullable String> positions = new ArrayList<>();
		positions.add(null);
		this.state.properties().get().providers().keySet().forEach(positions::add);
		TYPES.forEach((module, type) -> {
			boolean switched = binder().defaults().contains("arcllm.modules." + module + ".enabled");
			if (switched && positions.stream().noneMatch((one) -> enabled(module, one, CallOptions.NONE))
					&& !binder().isConfigured("arcllm.modules." + module + ".enabled")) {
				binder().written("arcllm.modules." + module).forEach((key) -> idle.put(key, module));
			}
			positions.stream()
				.filter((one) -> one != null && switched && isIdle(module, one))
				.flatMap((one) -> binder().written("arcllm.providers." + one + ".modules." + module).stream())
				.forEach((key) -> idle.put(key, module));
		});
		return idle;
	}

	/** Whether the module is off for the provider without being switched off. */
	private boolean isIdle(String module, String provider) {
		return !enabled(module, provider, CallOptions.NONE) && configured(module, provider, "enabled").isEmpty();
	}

	private List<ConfigLayer> layers(String module, @Nullable String provider, CallOptions options) {
		List<ConfigLayer> layers = new ArrayList<>();
		layers.add(new ConfigLayer("", new MapConfigurationPropertySource(overrides(module, options))));
		if (provider != null) {
			layers.addAll(ownLayers(provider));
		}
		layers.addAll(binder().configured("arcllm.modules"));
		layers.add(binder().defaults().under("arcllm.modules"));
		return layers;
	}

	private List<ConfigLayer> ownLayers(String provider) {
		return ProviderDefinitions.isName(provider) ? binder().configured("arcllm.providers." + provider + ".modules")
				: List.of();
	}

	private static Map<String, Object> overrides(String module, CallOptions options) {
		Map<String, Object> flat = new LinkedHashMap<>();
		if (module.equals("fallback") && options.chain() != null) {
			flat.put("fallback.chain", options.chain());
		}
		flatten(module, options.modules().getOrDefault(module, AS_CONFIGURED).settings(), flat);
		return flat;
	}

	private static void flatten(String prefix, Map<?, ?> settings, Map<String, Object> flat) {
		settings.forEach((key, value) -> {
			if (value instanceof Map<?, ?> nested) {
				flatten(prefix + "." + key, nested, flat);
			}
			else {
				flat.put(prefix + "." + key, value);
			}
		});
	}

	/**
	 * The key of bound settings: module, type and provider.
	 */
	private record Configured(String module, Class<?> type, @Nullable String provider) {
	}

	/**
	 * The switch of a module.
	 */
	public record Switch(@Nullable Boolean enabled) {

	}

}
