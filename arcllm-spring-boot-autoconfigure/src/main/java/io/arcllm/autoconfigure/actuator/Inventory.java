package io.arcllm.autoconfigure.actuator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;

import io.arcllm.LlmProviders;
import io.arcllm.Parameter;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.ProviderProperties;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.autoconfigure.stack.ProviderSwitches;
import io.arcllm.autoconfigure.stack.StackLlmProviders;
import io.arcllm.autoconfigure.stack.Stacks;
import io.arcllm.autoconfigure.stack.Targets;
import io.arcllm.module.circuitbreaker.Breaker;
import io.arcllm.module.circuitbreaker.BreakerState;
import io.arcllm.module.circuitbreaker.BreakerStatus;
import org.jspecify.annotations.Nullable;

/**
 * Everything that runs, for the actuator. Reading it creates no provider and makes no
 * call.
 */
public final class Inventory {

	private final Targets targets;

	private final Stacks stacks;

	private final ProviderSwitches switches;

	private final Decisions decisions;

	private final LlmProviders providers;

	public Inventory(Targets targets, Stacks stacks, ProviderSwitches switches, Decisions decisions,
			LlmProviders providers) {
		this.targets = targets;
		this.stacks = stacks;
		this.switches = switches;
		this.decisions = decisions;
		this.providers = providers;
	}

	ProviderSwitches switches() {
		return this.switches;
	}

	Decisions decisions() {
		return this.decisions;
	}

	List<String> names() {
		return this.targets.names();
	}

	@Nullable String stack() {
		boolean primary = !(this.providers instanceof StackLlmProviders ours) || ours.hasPrimary();
		return (primary && !names().isEmpty()) ? this.providers.primary().toString() : null;
	}

	/**
	 * The primary target and its fallbacks, in order; empty if no stack was needed yet.
	 */
	List<Target> chain() {
		if (!(this.providers instanceof StackLlmProviders ours) || ours.primaryTarget() == null) {
			return List.of();
		}
		return this.stacks.knownChain(Objects.requireNonNull(ours.primaryTarget()));
	}

	Map<String, ArcllmEndpoint.Provider> providers() {
		Map<String, ArcllmEndpoint.Provider> providers = new LinkedHashMap<>();
		for (String name : names()) {
			Target target = this.targets.resolve(name);
			ProviderDefinition definition = this.targets.definition(name);
			List<String> stack = this.stacks.wrappers(target);
			List<String> models = (definition == null) ? List.of()
					: definition.models().stream().map(ProviderProperties.Model::name).toList();
			providers.put(name,
					new ArcllmEndpoint.Provider((definition == null) ? "bean" : definition.type(), target.model(),
							models, definition != null && !definition.keys().isEmpty(), this.targets.keyStates(name),
							this.switches.isEnabled(name), stack, refusals(name)));
		}
		return providers;
	}

	/**
	 * The parameters that targets refused within the last hour and are asked without, by
	 * target.
	 */
	private Map<String, List<String>> refusals(String provider) {
		Map<String, List<String>> refusals = new TreeMap<>();
		this.targets.refusedParameters()
			.all(provider)
			.forEach((target, refused) -> refusals.put(target.toString(),
					refused.stream().map(Parameter::word).toList()));
		return refusals;
	}

	/** Forgets what targets refused. */
	int forgetRefusals(String provider, @Nullable String model) {
		return this.targets.refusedParameters()
			.forget((target) -> target.provider().equals(provider) && (model == null || model.equals(target.model())));
	}

	/** The states of gates, by module and target. */
	Map<String, Map<String, List<?>>> states() {
		Map<String, Map<String, List<?>>> states = new LinkedHashMap<>();
		for (ModuleFactory module : this.stacks.modules()) {
			Map<String, List<?>> ofModule = module.levels();
			if (!ofModule.isEmpty()) {
				states.put(module.name(), ofModule);
			}
		}
		return states;
	}

	/** The status of each target's breakers. */
	Map<Target, List<BreakerStatus>> breakers() {
		Map<Target, List<BreakerStatus>> states = new LinkedHashMap<>();
		all().forEach((breaker) -> states.computeIfAbsent(breaker.target(), (target) -> new ArrayList<>())
			.add(breaker.status()));
		return states;
	}

	/** The breakers of a target. */
	List<Breaker> breakers(Target target) {
		return all().stream().filter((breaker) -> breaker.target().equals(target)).toList();
	}

	/**
	 * Changes breakers.
	 * @param change says whether it changed anything
	 * @return how many were changed
	 */
	int breakers(String provider, @Nullable String model, Predicate<Breaker> change) {
		return (int) all().stream()
			.filter((breaker) -> breaker.target().provider().equals(provider)
					&& (model == null || model.equals(breaker.target().model())))
			.filter(change)
			.count();
	}

	/** The endpoints that have a breaker. */
	List<String> endpoints() {
		return all().stream()
			.map((breaker) -> breaker.target().provider())
			.filter((name) -> name.contains("://"))
			.distinct()
			.toList();
	}

	/**
	 * Whether a target would get a call or a probe now. An open breaker that would admit
	 * a probe does not count.
	 */
	boolean admits(Target target) {
		ProviderDefinition definition = this.targets.definition(target.provider());
		String endpoint = (definition == null) ? null : definition.endpoint();
		return this.switches.isEnabled(target.provider()) && admits(breakers(target))
				&& (endpoint == null || admits(breakers(new Target(endpoint, null))));
	}

	private static boolean admits(List<Breaker> breakers) {
		return breakers.isEmpty() || breakers.stream().anyMatch((breaker) -> breaker.rejection() == null);
	}

	/**
	 * Resets the breaker of a provider's host, if it refuses calls.
	 * @return how many were reset
	 */
	int closeEndpoint(String provider) {
		ProviderDefinition definition = this.targets.definition(provider);
		String endpoint = (definition == null) ? null : definition.endpoint();
		List<Breaker> open = all().stream()
			.filter((breaker) -> breaker.target().provider().equals(endpoint)
					&& breaker.status().state() != BreakerState.CLOSED)
			.toList();
		open.forEach(Breaker::reset);
		return open.size();
	}

	/** There is none before the first stack is built. */
	private List<Breaker> all() {
		return this.stacks.knownModules().stream().flatMap((module) -> module.engines(Breaker.class).stream()).toList();
	}

}
