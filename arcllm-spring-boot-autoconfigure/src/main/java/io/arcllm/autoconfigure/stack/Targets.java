package io.arcllm.autoconfigure.stack;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.arcllm.LlmConfigException;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.Parameter;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ConfigMistake;
import io.arcllm.autoconfigure.config.ModelNames;
import io.arcllm.autoconfigure.config.ModelNames.Meant;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.Nearest;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.ProviderDefinitions;
import io.arcllm.autoconfigure.config.ProviderProperties.Model;
import io.arcllm.autoconfigure.config.ProviderProperties.OnUnsupported;
import io.arcllm.module.ModuleClock;
import io.arcllm.module.attempt.RefusedParameters;
import io.arcllm.provider.ModelTraits;
import io.arcllm.provider.http.HttpProvider;
import io.arcllm.provider.key.ApiKeys;
import io.arcllm.provider.key.KeyPool;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;

/**
 * All targets: the configured providers, and the beans of the application. Each provider
 * is created on first use.
 */
public final class Targets {

	private final ProviderDefinitions configured;

	private final Set<String> own;

	private final BeanFactory beans;

	private final AdapterFactory adapters;

	private final ModuleSettings settings;

	private volatile ModelNames modelNames;

	private final Map<String, ProviderDefinition> retired = new ConcurrentHashMap<>();

	/** By definition, since a stack of before a refresh may still make an old one. */
	private final Map<ProviderDefinition, LlmProvider> made = new ConcurrentHashMap<>();

	private final RefusedParameters refusals = new RefusedParameters(ModuleClock::nanos);

	/**
	 * @param configured the configured providers, in their order
	 * @param own the names of the application's provider beans
	 * @param beans has the provider beans
	 * @param adapters makes the adapters
	 * @param models {@code arcllm.models}
	 * @param settings name targets in chains
	 */
	public Targets(ProviderDefinitions configured, Set<String> own, BeanFactory beans, AdapterFactory adapters,
			Map<String, Object> models, ModuleSettings settings) {
		this.settings = settings;
		this.configured = configured;
		this.own = own;
		this.beans = beans;
		this.adapters = adapters;
		this.modelNames = new ModelNames(models, configured, names());
		checkBridges(configured);
	}

	/**
	 * Checks that the beans of definitions exist.
	 * @throws LlmConfigException if one does not
	 */
	public void checkBridges(ProviderDefinitions definitions) {
		definitions.all()
			.stream()
			.filter((definition) -> definition.beans() != null)
			.forEach((definition) -> this.adapters.bridge(definition).check(definition));
	}

	/**
	 * Resolves the text of a target, and its model.
	 * @throws LlmConfigException if there is no such provider
	 */
	public Target resolve(String text) {
		Meant meant = this.modelNames.find(text);
		Target target = Target.parse((meant == null) ? text : meant.targets().get(0));
		if (!names().contains(target.provider())) {
			String near = Nearest.closeTo(target.provider(), names())
				.map((name) -> "Did you mean '" + name + "'? ")
				.orElse("");
			throw new ConfigMistake("arcllm.providers." + target.provider(),
					"There is no provider '" + target.provider() + "'.",
					near + "There are: " + String.join(", ", names()) + ". Or configure it under arcllm.providers."
							+ target.provider() + ".");
		}
		ProviderDefinition definition = this.configured.find(target.provider());
		return (target.model() != null || definition == null) ? target
				: new Target(target.provider(), definition.model());
	}

	/**
	 * Applies new providers; calls under way end on the old ones.
	 * @param newer the configured providers
	 * @param names the names of models
	 */
	public void use(ProviderDefinitions newer, ModelNames names) {
		List<ProviderDefinition> before = List.copyOf(this.configured.all());
		newer.all().stream().filter((one) -> !before.contains(one)).forEach(this.made::remove);
		this.configured.use(newer);
		this.modelNames = names;
		for (ProviderDefinition old : before) {
			if (!old.equals(newer.find(old.name()))) {
				this.retired.put(old.name(), old);
				this.made.remove(old);
				this.adapters.forget(old, newer.find(old.name()));
			}
		}
	}

	/** The names of models. */
	public ModelNames modelNames() {
		return this.modelNames;
	}

	/**
	 * The adapter or bean, without modules.
	 */
	LlmProvider provider(String name) {
		ProviderDefinition definition = this.configured.find(name);
		if (definition == null && !this.own.contains(name)) {
			definition = this.retired.get(name);
		}
		return (definition == null) ? this.adapters.reading(this.beans.getBean(name, LlmProvider.class), name)
				: made(definition);
	}

	/** Runs customizers of the application, so no lock is held. */
	private LlmProvider made(ProviderDefinition definition) {
		LlmProvider known = this.made.get(definition);
		if (known != null) {
			return known;
		}
		LlmProvider made = this.adapters.adapter(definition);
		LlmProvider first = this.made.putIfAbsent(definition, made);
		return (first != null) ? first : made;
	}

	/** Opens a connection to a configured provider, and ignores the result. */
	void connect(String name) {
		if (this.configured.find(name) != null && provider(name) instanceof HttpProvider vendor) {
			vendor.connect().subscribe();
		}
	}

	/**
	 * Whether a parameter that the model does not take is refused instead of left out, if
	 * the target is the first of a call.
	 */
	boolean refusesUnsupported(Target target) {
		ProviderDefinition definition = this.configured.find(target.provider());
		return definition != null && definition.onUnsupported() == OnUnsupported.REFUSE;
	}

	/** Whether the provider has all these labels. */
	boolean isLabelled(String name, Collection<String> labels) {
		ProviderDefinition definition = this.configured.find(name);
		return labels.isEmpty() || (definition != null && definition.labels().containsAll(labels));
	}

	/**
	 * Whether a configured target streams, as far as that is known.
	 */
	boolean streams(Target target) {
		return !traits(target).unsupported().contains(Parameter.STREAMING)
				&& !this.refusals.of(target).contains(Parameter.STREAMING);
	}

	/** The parameters that targets refused within the last hour. */
	public RefusedParameters refusedParameters() {
		return this.refusals;
	}

	/**
	 * The definition of a configured provider; {@code null} for a bean of the
	 * application.
	 */
	public @Nullable ProviderDefinition definition(String name) {
		return this.configured.find(name);
	}

	/** The state of each key, if there are several. */
	public List<KeyPool.State> keyStates(String name) {
		ApiKeys keys = keys(name);
		return (keys == null) ? List.of() : keys.states();
	}

	/**
	 * The keys of a configured provider; {@code null} for a bean of the application.
	 */
	public @Nullable ApiKeys keys(String name) {
		ProviderDefinition definition = this.configured.find(name);
		return (definition == null) ? null : this.adapters.keys(definition);
	}

	/** Warnings about configured providers; each begins with the whole key. */
	List<String> warnings() {
		return this.configured.warnings(this.adapters.areKeysBrought());
	}

	/**
	 * Whether a configured provider needs a key and has none.
	 */
	boolean isWithoutKey(String name) {
		ProviderDefinition definition = this.configured.find(name);
		return definition != null && definition.missingKey() && !this.adapters.areKeysBrought();
	}

	/**
	 * Whether a provider is completely configured: a URL, a model, and a key if its
	 * preset needs one. A bean always is.
	 */
	boolean isComplete(String name) {
		ProviderDefinition definition = this.configured.find(name);
		return definition == null || definition.beans() != null || (definition.model() != null && !isWithoutKey(name));
	}

	/**
	 * The context window of the target, in tokens; 0 if it is not known.
	 */
	int contextWindow(Target target) {
		return Objects.requireNonNullElse(traits(target).contextWindow(), 0);
	}

	/**
	 * What is known of the target's model: the configuration over the library's own rows.
	 */
	ModelTraits traits(Target target) {
		ProviderDefinition definition = this.configured.find(target.provider());
		return (definition == null) ? ModelTraits.UNKNOWN : definition.traits(target.model());
	}

	/**
	 * What is known about the target's model.
	 */
	@Nullable Model model(Target target) {
		ProviderDefinition definition = this.configured.find(target.provider());
		return (definition == null) ? null
				: definition.models()
					.stream()
					.filter((model) -> model.name().equals(target.model()))
					.findFirst()
					.orElse(null);
	}

	/**
	 * Whether any model of the provider has a price.
	 */
	boolean hasPrices(String name) {
		ProviderDefinition definition = this.configured.find(name);
		return definition != null && definition.models().stream().anyMatch((model) -> model.price() != null);
	}

	/**
	 * Whether the target continues an unfinished turn of its own.
	 */
	boolean acceptsPrefix(Target target) {
		ProviderDefinition definition = this.configured.find(target.provider());
		return definition != null
				&& Objects.requireNonNullElse(traits(target).acceptsPrefix(), definition.acceptsPrefix());
	}

	/** Whether a configured provider was asked for a model that is not configured. */
	public boolean isMadeUp(Target target) {
		return this.configured.find(target.provider()) != null && !all().contains(target);
	}

	/** The names of the application's provider beans. */
	public Set<String> own() {
		return this.own;
	}

	/** The names of all providers: the configured ones, then the beans. */
	public List<String> names() {
		Set<String> names = new LinkedHashSet<>();
		this.configured.all().forEach((definition) -> names.add(definition.name()));
		names.addAll(this.own);
		return List.copyOf(names);
	}

	/**
	 * Each provider with each of its models, then what else is named: the primary target,
	 * those of chains, and those behind names.
	 */
	public List<Target> all() {
		List<String> names = names();
		Set<Target> all = new LinkedHashSet<>();
		for (String name : names) {
			all.add(resolve(name));
			ProviderDefinition definition = this.configured.find(name);
			if (definition != null) {
				definition.models().forEach((model) -> all.add(new Target(name, model.name())));
			}
		}
		this.settings.namedTargets(names).forEach((text) -> all.addAll(named(text)));
		this.modelNames.all().values().forEach((meant) -> meant.targets().forEach((text) -> all.addAll(named(text))));
		return List.copyOf(all);
	}

	/** What a text names; nothing where it is a mistake, which is told of elsewhere. */
	private List<Target> named(String text) {
		try {
			return this.modelNames.expand(List.of(text)).stream().map(this::resolve).toList();
		}
		catch (LlmException | LlmConfigException ex) {
			return List.of();
		}
	}

}
