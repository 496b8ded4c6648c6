package io.arcllm.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.arcllm.LlmConfigException;
import io.arcllm.LlmModule;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ArcllmProperties;
import io.arcllm.autoconfigure.config.ConfigFiles;
import io.arcllm.autoconfigure.config.ContradictionCheck;
import io.arcllm.autoconfigure.config.LayeredBinder;
import io.arcllm.autoconfigure.config.ModelNames;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.PropertiesBinding;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.ProviderDefinitions;
import io.arcllm.autoconfigure.stack.AdapterFactory;
import io.arcllm.autoconfigure.stack.ChainCheck;
import io.arcllm.autoconfigure.stack.ChainFactory;
import io.arcllm.autoconfigure.stack.HedgeFactory;
import io.arcllm.autoconfigure.stack.HttpClients;
import io.arcllm.autoconfigure.stack.Linter;
import io.arcllm.autoconfigure.stack.ModelRetries;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.autoconfigure.stack.ModuleOrder;
import io.arcllm.autoconfigure.stack.ProviderSwitches;
import io.arcllm.autoconfigure.stack.Selections;
import io.arcllm.autoconfigure.stack.StackLlmProviders;
import io.arcllm.autoconfigure.stack.Stacks;
import io.arcllm.autoconfigure.stack.Targets;
import io.arcllm.module.retry.RetryBudget;
import io.arcllm.module.routing.Chance;
import io.arcllm.module.routing.Scores;
import io.arcllm.provider.Presets;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ResourceLoader;

/**
 * Reads the configuration again, checks all of it, and swaps the stacks; the state of
 * engines stays. A mistake changes nothing.
 */
final class Refresh {

	private final ConfigurableEnvironment environment;

	private final ResourceLoader loader;

	private final ListableBeanFactory beans;

	/** Replaced as a whole, under the lock. */
	private volatile InUse inUse;

	Refresh(ConfigurableEnvironment environment, ResourceLoader loader, ListableBeanFactory beans) {
		this.environment = environment;
		this.loader = loader;
		this.beans = beans;
		this.inUse = new InUse(null, new LayeredBinder(environment).written());
	}

	/**
	 * What a refresh did.
	 *
	 * @param changed whether anything in the configuration has changed
	 * @param restart what changes only with a restart
	 */
	record Done(boolean changed, List<String> restart) {
	}

	/**
	 * Reads the configuration again. Files are read, and everything is checked, without a
	 * lock, so that a slow file delays no other refresh. If another refresh was faster,
	 * the configuration may be older than the one in use, and is read again.
	 * @param files whether the application's files are read, too, or only what the
	 * environment has by now
	 * @throws io.arcllm.LlmConfigException if there is a mistake; nothing has changed
	 * then
	 */
	Done refresh(boolean files) {
		while (true) {
			InUse before = this.inUse;
			ConfigurableEnvironment again = files ? read() : this.environment;
			Newer newer = newer(again);
			if (isInUse(newer, before)) {
				return new Done(false, List.of());
			}
			Prepared prepared = prepare(newer, before);
			if (swap(prepared, before, files ? again : null)) {
				Linter.warn(prepared.warnings());
				return new Done(true, prepared.restart());
			}
		}
	}

	private Newer newer(ConfigurableEnvironment again) {
		List<String> modules = List.of(this.beans.getBeanNamesForType(LlmModule.class, true, false));
		LayeredBinder binder = new LayeredBinder(again, modules);
		ArcllmProperties properties = binder.located(() -> PropertiesBinding.bind(binder));
		ProviderDefinitions definitions = binder
			.located(() -> new ProviderDefinitions(properties.providers(), this.beans.getBean(Presets.class), again));
		return new Newer(binder, properties, new ModuleSettings(binder, properties), definitions, binder.written(),
				modules);
	}

	private boolean isInUse(Newer newer, InUse before) {
		return newer.written().equals(before.written())
				&& List.copyOf(newer.definitions().all()).equals(List.copyOf(current().all()));
	}

	private ProviderDefinitions current() {
		return this.beans.getBean(ProviderDefinitions.class);
	}

	private ConfigurableEnvironment read() {
		try {
			return ConfigFiles.read(this.environment, this.loader);
		}
		catch (RuntimeException ex) {
			throw new LlmConfigException("spring.config", "The files cannot be read: " + ex.getMessage());
		}
	}

	/**
	 * The configuration in use.
	 *
	 * @param properties {@code null} for those of the start
	 * @param written all that is written
	 */
	private record InUse(@Nullable ArcllmProperties properties, Map<String, String> written) {
	}

	/**
	 * A configuration that is not in use yet.
	 */
	private record Newer(LayeredBinder binder, ArcllmProperties properties, ModuleSettings settings,
			ProviderDefinitions definitions, Map<String, String> written, List<String> modules) {

		List<String> order() {
			return this.properties.modules().order();
		}

	}

	/**
	 * A configuration that was checked.
	 *
	 * @param models what names of models stand for
	 * @param primary the target that is meant where none is named
	 * @param ours the library's own modules
	 * @param restart what of it changes with a restart alone
	 * @param warnings what the linter says of it
	 */
	private record Prepared(Newer newer, ModelNames models, @Nullable String primary, List<ModuleFactory> ours,
			List<String> restart, List<String> warnings) {
	}

	private Prepared prepare(Newer newer, InUse before) {
		ContradictionCheck check = new ContradictionCheck(newer.binder(), newer.settings(), newer.properties());
		newer.binder().locating(check::check);
		check.checkOrder(newer.modules());
		ArcllmProperties now = Objects.requireNonNullElseGet(before.properties(),
				() -> this.beans.getBean(ArcllmProperties.class));
		List<String> restart = NeedsRestart.of(now, newer.properties(), current().all(), newer.definitions().all());
		return newer.binder().located(() -> check(newer, restart));
	}

	private Prepared check(Newer newer, List<String> restart) {
		Targets targets = this.beans.getBean(Targets.class);
		List<String> names = new ArrayList<>(newer.definitions().all().stream().map(ProviderDefinition::name).toList());
		names.addAll(targets.own());
		ModelNames models = new ModelNames(newer.properties().models(), newer.definitions(), names);
		ChainCheck chains = new ChainCheck(newer.definitions(), names, models);
		String named = newer.properties().provider();
		String primary = chains.primary((named != null) ? named : OwnProviders.primary(this.beans, targets.own()));
		chains.checkAll(newer.settings(), primary);
		List<ModuleFactory> ours = this.beans.getBeanProvider(ModuleFactory.class).stream().toList();
		ours.forEach((module) -> module.check(newer.settings(), newer.definitions()));
		newer.definitions()
			.all()
			.forEach((one) -> this.beans.getBean(HttpClients.class).bundle(one.name(), one.http().sslBundle()));
		targets.checkBridges(newer.definitions());
		return new Prepared(newer, models, primary, ours, restart, warnings(newer, targets.own(), ours));
	}

	/**
	 * Applies the configuration, unless another one was applied since it was read.
	 * @param files the environment that was read from files
	 */
	private synchronized boolean swap(Prepared prepared, InUse before, @Nullable ConfigurableEnvironment files) {
		if (this.inUse != before) {
			return false;
		}
		Targets targets = this.beans.getBean(Targets.class);
		List<Target> tagged = targets.all();
		use(prepared);
		if (!tagged.containsAll(targets.all())) {
			prepared.restart().add("the tags of meters for new models, which count as 'other' until then");
		}
		if (files != null) {
			ConfigFiles.use(files, this.environment);
		}
		this.inUse = new InUse(prepared.newer().properties(), prepared.newer().written());
		return true;
	}

	/** Applies the configuration. Nothing fails from here on. */
	private void use(Prepared prepared) {
		Newer newer = prepared.newer();
		List<ModuleFactory> ours = prepared.ours();
		List<Runnable> carried = new ArrayList<>(
				ours.stream().map((module) -> module.carryOver(newer.settings())).toList());
		carried.add(this.beans.getBean(ChainFactory.class).carryOver(newer.settings()));
		this.beans.getBean(ModuleSettings.class).use(newer.settings());
		this.beans.getBean(Targets.class).use(newer.definitions(), prepared.models());
		this.beans.getBean(Stacks.class).use(() -> ModuleOrder.of(newer.order(), ours, this.beans));
		this.beans.getBean(StackLlmProviders.class)
			.use(newer.properties().deadline(), newer.properties().maxAttempts(), prepared.primary());
		carried.forEach(Runnable::run);
		this.beans.getBean(RetryBudget.class).use(newer.properties().modules().retry().budget());
	}

	/** What the linter says of stacks as they would be, none of which is used. */
	private List<String> warnings(Newer newer, Set<String> own, List<ModuleFactory> ours) {
		ModuleSettings settings = newer.settings();
		AdapterFactory adapters = this.beans.getBean(AdapterFactory.class);
		Targets targets = new Targets(newer.definitions(), own, this.beans, adapters, newer.properties().models(),
				settings);
		ChainFactory chains = new ChainFactory(settings, targets, this.beans.getBean(RetryBudget.class),
				new Selections(targets, this.beans.getBean(Scores.class), Chance.REAL),
				new HedgeFactory(settings, targets));
		Stacks stacks = new Stacks(targets, () -> ModuleOrder.of(newer.order(), ours, this.beans), chains, settings,
				this.beans.getBean(ProviderSwitches.class));
		return new Linter(newer.binder(), newer.properties(), settings, targets, stacks,
				new ModelRetries(targets, adapters))
			.warnings();
	}

	/**
	 * Names the changes that take effect only with a restart, because beans are created
	 * once.
	 */
	private static final class NeedsRestart {

		private NeedsRestart() {
		}

		static List<String> of(ArcllmProperties before, ArcllmProperties now, Collection<ProviderDefinition> current,
				Collection<ProviderDefinition> newer) {
			List<String> restart = new ArrayList<>();
			Set<String> known = names(current);
			Set<String> wanted = names(newer);
			wanted.stream()
				.filter((name) -> !known.contains(name))
				.forEach((name) -> restart.add("the bean of the provider '" + name + "'"));
			known.stream()
				.filter((name) -> !wanted.contains(name))
				.forEach((name) -> restart.add("that there is no bean of the provider '" + name + "' any more"));
			if (!Objects.equals(before.provider(), now.provider())) {
				restart.add("which provider is injected without a name (arcllm.provider)");
			}
			if (before.warmUp() != now.warmUp()) {
				restart.add("what is made at start (arcllm.warm-up)");
			}
			if (!before.springAi().equals(now.springAi())) {
				restart.add("how the stack stands beside Spring AI's models (arcllm.spring-ai)");
			}
			if (!before.langchain4j().equals(now.langchain4j())) {
				restart.add("how the stack stands beside LangChain4j's models (arcllm.langchain4j)");
			}
			if (!before.modules().telemetry().tenants().equals(now.modules().telemetry().tenants())) {
				restart.add("which tenants are tags (arcllm.modules.telemetry.tenants)");
			}
			if (!before.modules().budget().currency().equals(now.modules().budget().currency())) {
				restart.add("the currency of prices");
			}
			return restart;
		}

		private static Set<String> names(Collection<ProviderDefinition> definitions) {
			Set<String> names = new LinkedHashSet<>();
			definitions.forEach((one) -> names.add(one.name()));
			return names;
		}

	}

}
