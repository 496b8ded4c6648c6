package io.arcllm.autoconfigure.stack;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;

import io.arcllm.CallOptions;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.OwnThreads;
import io.arcllm.Parameter;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.config.StreamSettings;
import io.arcllm.autoconfigure.stack.ModuleOrder.AbsentModule;
import io.arcllm.module.Candidate;
import io.arcllm.module.Pricing;
import io.arcllm.module.Readiness;
import io.arcllm.module.attempt.CommitModule;
import io.arcllm.module.attempt.ContractModule;
import io.arcllm.module.attempt.WithoutParametersModule;
import io.arcllm.module.attempt.RepetitionGuardModule;
import io.arcllm.module.attempt.Upstream;
import io.arcllm.module.attempt.StreamedUpstreamModule;
import io.arcllm.module.bulkhead.BulkheadSettings;
import io.arcllm.module.bulkhead.MaxConcurrent;
import io.arcllm.module.keys.KeyRotationModule;
import io.arcllm.provider.error.FailureWords;
import io.arcllm.provider.key.ApiKeys;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Builds stacks. A module before {@code fallback} in the order wraps the whole chain, and
 * a module after it wraps each target. A module that is off is absent.
 */
public final class Stacks {

	private final Targets targets;

	private volatile ModuleOrder.MadeOnce order;

	private volatile @Nullable KnownChain knownChain;

	private final ChainFactory chains;

	private final ModuleSettings settings;

	private final ProviderSwitches switches;

	/**
	 * @param targets the targets that modules wrap
	 * @param order the modules; called when the first stack is built, because modules of
	 * the application may need providers themselves
	 * @param chains makes the chains
	 * @param settings which modules are on
	 * @param switches which providers are disabled
	 */
	public Stacks(Targets targets, Supplier<ModuleOrder> order, ChainFactory chains, ModuleSettings settings,
			ProviderSwitches switches) {
		this.targets = targets;
		this.order = new ModuleOrder.MadeOnce(order);
		this.chains = chains;
		this.settings = settings;
		this.switches = switches;
	}

	/** Applies a new order of modules. */
	public void use(Supplier<ModuleOrder> order) {
		ModuleOrder.MadeOnce newer = new ModuleOrder.MadeOnce(order);
		if (this.order.known() != null) {
			newer.get();
		}
		this.order = newer;
	}

	/**
	 * Checks that all modules that are on can be made.
	 * @throws LlmConfigException if one cannot
	 */
	public void check(Collection<AbsentModule> absent) {
		this.targets.all().forEach((target) -> check(absent, new StackPosition(target, CallOptions.NONE)));
	}

	private void check(Collection<AbsentModule> absent, StackPosition position) {
		absent.stream()
			.filter((module) -> this.settings.enabled(module.name(), position.provider(), position.options()))
			.forEach((module) -> module.requireOff(position));
	}

	/**
	 * The whole stack of a primary target.
	 */
	LlmProvider whole(Target primary, CallOptions options) {
		StackPosition position = new StackPosition(primary, options);
		this.settings.check(options, order().names());
		check(order().absent(), position);
		LlmProvider stack = Layer.around(provider(position), layers(position));
		for (ModuleFactory module : on(order().modules(), position)) {
			stack = module.aroundAll(stack, position);
		}
		return stack;
	}

	/** All modules, from the outside in, but for the chain. */
	public List<ModuleFactory> modules() {
		return order().modules();
	}

	/**
	 * All modules, or none if no stack was needed yet. Does not wait for a module of the
	 * application that is being made.
	 */
	public List<ModuleFactory> knownModules() {
		ModuleOrder known = this.order.known();
		return (known == null) ? List.of() : known.modules();
	}

	/** What wraps the target of a call made to it, by name, from the outside in. */
	public List<String> wrappers(Target target) {
		StackPosition position = new StackPosition(target, CallOptions.NONE);
		List<String> names = new ArrayList<>(Layer.names(layers(position)));
		if (isChained(position) && this.chains.isHedged(position)) {
			// it is inside the chain, around each of its targets
			names.add(names.indexOf(ChainFactory.NAME) + 1, HedgeFactory.NAME);
		}
		return names;
	}

	/** The targets of a chain, the primary one first. */
	public List<Target> chain(Target primary) {
		return chain(order(), primary);
	}

	private List<Target> chain(ModuleOrder order, Target primary) {
		StackPosition position = new StackPosition(primary, CallOptions.NONE);
		return (order.chained() && this.chains.isOn(position)) ? this.chains.targets(position) : List.of(primary);
	}

	/**
	 * The same for frequent readers, such as health: the configuration is not read again.
	 * Empty if no stack was needed yet.
	 */
	public List<Target> knownChain(Target primary) {
		ModuleOrder order = this.order.known();
		if (order == null) {
			return List.of();
		}
		KnownChain known = this.knownChain;
		if (known == null || known.order() != order || !known.primary().equals(primary)) {
			known = new KnownChain(order, primary, chain(order, primary));
			this.knownChain = known;
		}
		return known.targets();
	}

	private ModuleOrder order() {
		return this.order.get();
	}

	private boolean isChained(StackPosition position) {
		return order().chained() && this.chains.isOn(position);
	}

	private List<Layer> layers(StackPosition position) {
		List<Layer> layers = new ArrayList<>(modules(order().aroundChain(), position));
		if (isChained(position)) {
			layers.add(new Layer(ChainFactory.NAME, (inner) -> this.chains.around(primary(inner, position), position,
					(target) -> next(new StackPosition(target, position.options())))));
		}
		layers.addAll(targetLayers(position));
		return layers;
	}

	private List<Layer> modules(List<ModuleFactory> modules, StackPosition position) {
		return on(modules, position).stream()
			.map((module) -> new Layer(module.name(), (inner) -> module.around(inner, position)))
			.toList();
	}

	private List<ModuleFactory> on(List<ModuleFactory> modules, StackPosition position) {
		return modules.stream()
			.filter((module) -> this.settings.enabled(module.name(), position.provider(), position.options()))
			.toList();
	}

	private Candidate primary(LlmProvider stack, StackPosition position) {
		return new TargetCandidate(position.target(), () -> stack, gates(position), primaryWindow(position), true);
	}

	/**
	 * The primary target is asked even if the request looks too long.
	 */
	private ToIntFunction<LlmRequest> primaryWindow(StackPosition position) {
		Target primary = position.target();
		return this.chains.selects(position)
				? (request) -> this.targets.contextWindow(
						(request.model() == null) ? primary : new Target(primary.provider(), request.model()))
				: (request) -> 0;
	}

	private Candidate next(StackPosition position) {
		int window = this.targets.contextWindow(position.target());
		return new TargetCandidate(position.target(), () -> Layer.around(provider(position), targetLayers(position)),
				gates(position), (request) -> window, false);
	}

	/**
	 * The adapter or bean without modules. A provider whose code may block gets as many
	 * threads as its bulkhead admits calls.
	 */
	private LlmProvider provider(StackPosition position) {
		LlmProvider alone = this.targets.provider(position.provider());
		ProviderDefinition definition = this.targets.definition(position.provider());
		if ((definition != null && definition.beans() == null)
				|| !this.settings.enabled("bulkhead", position.provider(), position.options())) {
			return alone;
		}
		MaxConcurrent most = this.settings.bind("bulkhead", BulkheadSettings.class, position).maxConcurrent();
		return most.isAuto() ? alone : new Threaded(alone, most.calls());
	}

	private List<Readiness> gates(StackPosition position) {
		List<Readiness> gates = new ArrayList<>();
		gates.add(this.switches.readiness(position.provider()));
		for (ModuleFactory module : on(order().modules(), position)) {
			// a module around the chain may have a gate at each attempt
			if (!module.wrapsAttempts() && !order().aroundTarget().contains(module)) {
				continue;
			}
			Readiness readiness = module.readiness(position);
			if (readiness != Readiness.READY) {
				gates.add(readiness);
			}
		}
		return gates;
	}

	/** The layers around one target of a chain. */
	private List<Layer> targetLayers(StackPosition position) {
		Target target = position.target();
		List<Layer> layers = new ArrayList<>(modules(order().aroundTarget(), position));
		layers.add(new Layer("switch", (inner) -> this.switches.around(inner, target)));
		ApiKeys keys = this.targets.keys(target.provider());
		if (keys != null && keys.mayRotate()) {
			layers.add(new Layer("key-rotation", (inner) -> new KeyRotationModule(inner,
					(request, failure) -> keys.ofCaller(request.metadata()).hasAnother(failure))));
		}
		layers.add(new Layer("without-parameters",
				(inner) -> new WithoutParametersModule(inner, target, this.targets.refusedParameters(),
						(asked) -> this.targets.traits(asked).unsupported(), this.targets.refusesUnsupported(target))));
		StreamSettings streams = this.settings.bind("streams", StreamSettings.class, position);
		ProviderDefinition definition = this.targets.definition(target.provider());
		// only providers of other code give deltas of whole answers
		if (streams.commit().holdsBack() || definition == null || definition.beans() != null) {
			layers.add(new Layer("commit", (inner) -> new CommitModule(inner, target, streams.commit())));
		}
		if (streams.upstream() == Upstream.ALWAYS && definition != null) {
			layers.add(new Layer("streamed-upstream",
					(inner) -> new StreamedUpstreamModule(inner, target, this.targets.refusedParameters(),
							(asked) -> this.targets.traits(asked).unsupported().contains(Parameter.STREAMING),
							AdapterFactory.answersInOneMessage(definition))));
		}
		layers.addAll(attemptLayers(position));
		return layers;
	}

	/** The layers around each attempt at a target. */
	private List<Layer> attemptLayers(StackPosition position) {
		Target target = position.target();
		List<Layer> layers = new ArrayList<>();
		on(order().modules(), position).stream()
			.filter(ModuleFactory::wrapsAttempts)
			.forEach((module) -> layers
				.add(new Layer(module.name() + "-attempt", (inner) -> module.aroundAttempt(inner, position))));
		Pricing prices = this.targets.hasPrices(target.provider()) ? new Prices(this.targets, this.settings)
				: Pricing.NONE;
		layers.add(new Layer("contract", (inner) -> new ContractModule(inner, target, prices, FailureWords::of)));
		int repeats = this.settings.bind("streams", StreamSettings.class, position).maxRepeats();
		if (repeats > 0) {
			layers.add(new Layer("repetition-guard", (inner) -> new RepetitionGuardModule(inner, target, repeats)));
		}
		return layers;
	}

	/**
	 * A chain, valid as long as the order is the same object.
	 */
	private record KnownChain(ModuleOrder order, Target primary, List<Target> targets) {
	}

	/**
	 * One wrapper of a stack: what builds the stack is what the actuator shows of it.
	 *
	 * @param name its name in the actuator, such as {@code circuit-breaker}
	 * @param wrapper wraps the inner provider
	 */
	private record Layer(String name, UnaryOperator<LlmProvider> wrapper) {

		/**
		 * Puts layers around a provider.
		 * @param layers from the outside in
		 */
		static LlmProvider around(LlmProvider provider, List<Layer> layers) {
			LlmProvider stack = provider;
			for (int i = layers.size() - 1; i >= 0; i--) {
				stack = layers.get(i).wrapper().apply(stack);
			}
			return stack;
		}

		/** Their names, from the outside in. */
		static List<String> names(List<Layer> layers) {
			return layers.stream().map(Layer::name).toList();
		}

	}

	/**
	 * A provider whose code may block, with the number of its threads.
	 */
	private record Threaded(LlmProvider inner, int threads) implements LlmProvider {

		@Override
		public Flux<LlmEvent> exchange(LlmRequest request) {
			return this.inner.exchange(request).contextWrite((context) -> OwnThreads.limit(context, this.threads));
		}

		@Override
		public String name() {
			return this.inner.name();
		}

		@Override
		public String toString() {
			return this.inner.toString();
		}

	}

}
