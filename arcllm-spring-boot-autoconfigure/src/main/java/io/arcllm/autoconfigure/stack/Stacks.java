package io.arcllm.autoconfigure.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

import io.arcllm.CallOptions;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.config.StreamSettings;
import io.arcllm.autoconfigure.stack.PricedModule.Prices;
import io.arcllm.module.Candidate;
import io.arcllm.module.Readiness;
import io.arcllm.module.attempt.CommitModule;
import io.arcllm.module.attempt.CommitPoint;
import io.arcllm.module.attempt.ContractModule;
import io.arcllm.module.keys.KeyRotationModule;
import io.arcllm.provider.key.ApiKeys;
import reactor.core.publisher.Flux;

import org.springframework.util.function.SingletonSupplier;

/**
 * Builds stacks. What stands before {@code fallback} in the order wraps a whole chain,
 * what stands after it wraps each target. A module that is off is not there.
 */
public final class Stacks {

	private final Targets targets;

	private final Supplier<List<ModuleFactory>> modules;

	private final ModuleSettings settings;

	private final ProviderSwitches switches;

	/**
	 * @param targets whom to put modules around
	 * @param modules all there are, from the outside in; asked for when the first stack
	 * is built, since modules of the application may themselves need providers
	 * @param settings which of them are on
	 * @param switches which providers are disabled
	 */
	public Stacks(Targets targets, Supplier<List<ModuleFactory>> modules, ModuleSettings settings,
			ProviderSwitches switches) {
		this.targets = targets;
		this.modules = SingletonSupplier.of(modules);
		this.settings = settings;
		this.switches = switches;
	}

	/**
	 * Finds modules that are on and cannot be there.
	 * @param absent what stands in their place
	 * @throws LlmConfigException if there is one
	 */
	public void check(List<ModuleFactory> absent) {
		for (Target target : this.targets.all()) {
			StackPosition place = new StackPosition(target, CallOptions.NONE);
			on(absent, place).forEach((module) -> module.around((request) -> Flux.never(), place));
		}
	}

	/**
	 * The whole stack of a primary target.
	 */
	LlmProvider whole(Target primary, CallOptions options) {
		this.settings.check(options, modules().stream().map(ModuleFactory::name).toList());
		StackPosition place = new StackPosition(primary, options);
		List<ModuleFactory> on = on(place);
		LlmProvider stack = adapter(place, on);
		for (int i = on.size() - 1; i >= 0; i--) {
			ModuleFactory module = on.get(i);
			if (module instanceof ChainFactory fallback) {
				LlmProvider inner = stack;
				Candidate first = new TargetCandidate(primary, () -> inner, gates(on.subList(i + 1, on.size()), place),
						primaryWindow(fallback, place));
				stack = fallback.around(first, place, (target) -> candidate(target, options));
			}
			else {
				stack = module.around(stack, place);
			}
		}
		return stack;
	}

	/** All modules, from the outside in. */
	public List<ModuleFactory> modules() {
		return this.modules.get();
	}

	/**
	 * The modules that are on there, from the outside in.
	 */
	public List<ModuleFactory> on(StackPosition place) {
		return on(modules(), place);
	}

	public List<ModuleFactory> on(List<ModuleFactory> modules, StackPosition place) {
		return modules.stream()
			.filter((module) -> (module instanceof ChainFactory fallback) ? fallback.isOn(place)
					: this.settings.enabled(module.name(), place.provider(), place.options()))
			.toList();
	}

	/** Whom the application asks for is asked even if the request looks too long. */
	private ToIntFunction<LlmRequest> primaryWindow(ChainFactory fallback, StackPosition place) {
		Target primary = place.target();
		return fallback.selects(place)
				? (request) -> this.targets.contextWindow(
						(request.model() == null) ? primary : new Target(primary.provider(), request.model()))
				: (request) -> 0;
	}

	private Candidate candidate(Target target, CallOptions options) {
		StackPosition place = new StackPosition(target, options);
		List<ModuleFactory> own = afterFallback().stream()
			.filter((module) -> this.settings.enabled(module.name(), place.provider(), options))
			.toList();
		int window = this.targets.contextWindow(target);
		return new TargetCandidate(target, () -> {
			LlmProvider stack = adapter(place, on(place));
			for (int i = own.size() - 1; i >= 0; i--) {
				stack = own.get(i).around(stack, place);
			}
			return stack;
		}, gates(own, place), (request) -> window);
	}

	private List<ModuleFactory> afterFallback() {
		List<ModuleFactory> all = modules();
		int fallback = 0;
		while (!(all.get(fallback) instanceof ChainFactory)) {
			fallback++;
		}
		return all.subList(fallback + 1, all.size());
	}

	private List<Readiness> gates(List<ModuleFactory> modules, StackPosition place) {
		List<Readiness> gates = new ArrayList<>();
		gates.add(this.switches.readiness(place.provider()));
		for (ModuleFactory module : modules) {
			Readiness readiness = module.readiness(place);
			if (readiness != Readiness.READY) {
				gates.add(readiness);
			}
		}
		return gates;
	}

	private LlmProvider adapter(StackPosition place, List<ModuleFactory> on) {
		Target target = place.target();
		LlmProvider attempt = new ContractModule(this.targets.provider(target.provider()), target);
		if (this.targets.hasPrices(target.provider())) {
			attempt = new PricedModule(attempt, new Prices(this.targets, target)::of);
		}
		for (int i = on.size() - 1; i >= 0; i--) {
			attempt = on.get(i).aroundAttempt(attempt, place);
		}
		CommitPoint commit = this.settings.bind("streams", StreamSettings.class, place).commit();
		attempt = commit.holdsBack() ? new CommitModule(attempt, target, commit) : attempt;
		ApiKeys keys = this.targets.keys(target.provider());
		if (keys != null && keys.mayRotate()) {
			attempt = new KeyRotationModule(attempt, keys::hasAnother);
		}
		return this.switches.around(attempt, target);
	}

}
