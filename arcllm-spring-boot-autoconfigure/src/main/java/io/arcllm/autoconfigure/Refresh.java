package io.arcllm.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.arcllm.LlmModule;
import io.arcllm.autoconfigure.config.ArcllmProperties;
import io.arcllm.autoconfigure.config.ConfigFiles;
import io.arcllm.autoconfigure.config.ContradictionCheck;
import io.arcllm.autoconfigure.config.LayeredBinder;
import io.arcllm.autoconfigure.config.ModelNames;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.PropertiesBinding;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.ProviderDefinitions;
import io.arcllm.autoconfigure.stack.ChainCheck;
import io.arcllm.autoconfigure.stack.ChainFactory;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.autoconfigure.stack.ModuleOrder;
import io.arcllm.autoconfigure.stack.StackLlmProviders;
import io.arcllm.autoconfigure.stack.Stacks;
import io.arcllm.autoconfigure.stack.Targets;
import io.arcllm.module.retry.RetryBudget;
import io.arcllm.provider.Presets;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ResourceLoader;

/**
 * Reads the configuration again, checks all of it, and swaps the stacks; what engines
 * know stays. A mistake changes nothing.
 */
final class Refresh {

	private final ConfigurableEnvironment environment;

	private final ResourceLoader loader;

	private final ListableBeanFactory beans;

	private @Nullable ArcllmProperties used;

	private Map<String, String> written;

	Refresh(ConfigurableEnvironment environment, ResourceLoader loader, ListableBeanFactory beans) {
		this.environment = environment;
		this.loader = loader;
		this.beans = beans;
		this.written = new LayeredBinder(environment).written();
	}

	/**
	 * What a refresh did.
	 *
	 * @param changed whether anything is configured otherwise than before
	 * @param restart what changes with a restart alone
	 */
	record Done(boolean changed, List<String> restart) {
	}

	/**
	 * Reads again.
	 * @param files whether the application's files are read, too, or only what the
	 * environment has by now
	 * @throws io.arcllm.LlmConfigException if there is a mistake; all stays as it was
	 */
	synchronized Done refresh(boolean files) {
		ConfigurableEnvironment again = files ? ConfigFiles.read(this.environment, this.loader) : this.environment;
		List<String> modules = List.of(this.beans.getBeanNamesForType(LlmModule.class, true, false));
		LayeredBinder binder = new LayeredBinder(again, modules);
		ArcllmProperties properties = PropertiesBinding.bind(binder);
		ProviderDefinitions definitions = new ProviderDefinitions(properties.providers(),
				this.beans.getBean(Presets.class), again);
		ProviderDefinitions current = this.beans.getBean(ProviderDefinitions.class);
		ArcllmProperties before = Objects.requireNonNullElseGet(this.used,
				() -> this.beans.getBean(ArcllmProperties.class));
		Map<String, String> written = binder.written();
		if (written.equals(this.written) && List.copyOf(definitions.all()).equals(List.copyOf(current.all()))) {
			return new Done(false, List.of());
		}
		ModuleSettings settings = new ModuleSettings(binder, properties);
		ContradictionCheck check = new ContradictionCheck(binder, settings, properties);
		check.check();
		check.checkOrder(modules);
		List<String> restart = restart(before, properties, definitions, current);
		swap(properties, settings, definitions);
		if (files) {
			ConfigFiles.use(again, this.environment);
		}
		this.used = properties;
		this.written = written;
		return new Done(true, restart);
	}

	private void swap(ArcllmProperties properties, ModuleSettings settings, ProviderDefinitions definitions) {
		Targets targets = this.beans.getBean(Targets.class);
		List<String> names = new ArrayList<>(definitions.all().stream().map(ProviderDefinition::name).toList());
		names.addAll(targets.own());
		ModelNames models = new ModelNames(properties.models(), definitions, names);
		ChainCheck chains = new ChainCheck(definitions, names, models);
		String primary = chains.primary((properties.provider() != null) ? properties.provider()
				: OwnProviders.primary(this.beans, targets.own()));
		chains.checkAll(settings, primary);
		Stacks stacks = this.beans.getBean(Stacks.class);
		List<ModuleFactory> ours = this.beans.getBeanProvider(ModuleFactory.class).stream().toList();
		List<String> order = properties.modules().order();
		List<Runnable> carried = new ArrayList<>(ours.stream().map((module) -> module.carryOver(settings)).toList());
		carried.add(this.beans.getBean(ChainFactory.class).carryOver(settings));
		this.beans.getBean(ModuleSettings.class).use(settings);
		targets.use(definitions, models);
		stacks.use(() -> ModuleOrder.of(order, ours, this.beans));
		this.beans.getBean(StackLlmProviders.class).use(properties.deadline(), properties.maxAttempts(), primary);
		carried.forEach(Runnable::run);
		this.beans.getBean(RetryBudget.class).use(properties.modules().retry().budget());
	}

	/** Beans are made once. */
	private static List<String> restart(ArcllmProperties before, ArcllmProperties now, ProviderDefinitions definitions,
			ProviderDefinitions current) {
		List<String> restart = new ArrayList<>();
		definitions.all()
			.stream()
			.map(ProviderDefinition::name)
			.filter((name) -> current.find(name) == null)
			.forEach((name) -> restart.add("the bean of the provider '" + name + "'"));
		if (!Objects.equals(before.provider(), now.provider())) {
			restart.add("which provider is injected without a name (arcllm.provider)");
		}
		return restart;
	}

}
