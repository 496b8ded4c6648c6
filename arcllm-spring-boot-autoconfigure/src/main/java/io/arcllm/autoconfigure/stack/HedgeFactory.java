package io.arcllm.autoconfigure.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.arcllm.CallOptions;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.StreamSettings;
import io.arcllm.autoconfigure.stack.KeptEngines.Bound;
import io.arcllm.autoconfigure.stack.KeptEngines.Change;
import io.arcllm.module.Candidate;
import io.arcllm.module.Rejection;
import io.arcllm.module.Percent;
import io.arcllm.module.attempt.Upstream;
import io.arcllm.module.hedge.HedgeBudget;
import io.arcllm.module.hedge.HedgeEngine;
import io.arcllm.module.hedge.HedgeModule;
import io.arcllm.module.hedge.HedgeModule.Knowledge;
import io.arcllm.module.hedge.HedgeSettings;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * Hedges the targets of chains. A hedge is part of the chain, so it has no place in the
 * order.
 */
public final class HedgeFactory {

	static final String NAME = "hedge";

	private static final Log logger = LogFactory.getLog(HedgeFactory.class);

	private final ModuleSettings settings;

	private final Targets targets;

	private final Map<Target, HedgeEngine> engines = new ConcurrentHashMap<>();

	private final KeptEngines<Hedges, HedgeBudget> budgets = new KeptEngines<>();

	public HedgeFactory(ModuleSettings settings, Targets targets) {
		this.settings = settings;
		this.targets = targets;
	}

	/**
	 * The same chain, with hedges around those targets for which the module is on.
	 */
	List<Candidate> around(List<Candidate> chain, CallOptions options) {
		List<Candidate> hedged = new ArrayList<>();
		for (int i = 0; i < chain.size(); i++) {
			Candidate own = chain.get(i);
			if (!this.settings.enabled(NAME, own.target().provider(), options) || hasServerTools(own.target())) {
				hedged.add(own);
			}
			else if (chain.size() == 1) {
				warn(own.target());
				hedged.add(own);
			}
			else {
				List<Candidate> others = new ArrayList<>(chain.subList(i + 1, chain.size()));
				others.addAll(chain.subList(0, i));
				hedged.add(hedged(own, others, options, chain));
			}
		}
		return hedged;
	}

	/** Whether each request to the target asks for a vendor's own tools. */
	boolean hasServerTools(Target target) {
		ProviderDefinition definition = this.targets.definition(target.provider());
		return definition != null && (HedgeModule.hasServerTools(definition.options())
				|| HedgeModule.hasServerTools(definition.traits(target.model()).options()));
	}

	private void warn(Target alone) {
		if (this.settings.configured(NAME, alone.provider(), "enabled").isPresent()) {
			logger.warn("arcllm.modules.hedge.enabled is true, but the chain of " + alone
					+ " has no other target, so nothing is hedged: set arcllm.modules.fallback.chain");
		}
	}

	private Candidate hedged(Candidate own, List<Candidate> others, CallOptions options, List<Candidate> chain) {
		HedgeSettings settings = this.settings.bind(NAME, HedgeSettings.class, own.target().provider(), options);
		HedgeEngine engine = this.engines.computeIfAbsent(own.target(), (target) -> new HedgeEngine());
		HedgeBudget budget = budget(chain.get(0).target(), settings, new StackPosition(own.target(), options));
		boolean streamed = this.settings.bind("streams", StreamSettings.class, own.target().provider(), options)
			.upstream() == Upstream.ALWAYS;
		Knowledge shared = new Knowledge(engine, budget, (request) -> isStreamed(own.target(), request, streamed));
		return new Hedged(own, SingletonSupplier.of(() -> new HedgeModule(own, others, settings, shared)));
	}

	/**
	 * A target that does not stream has its first word at the end, whatever the caller
	 * asks for.
	 */
	private boolean isStreamed(Target target, LlmRequest request, boolean always) {
		if (this.targets.definition(target.provider()) == null) {
			return request.streaming();
		}
		Target asked = (request.model() == null) ? target : new Target(target.provider(), request.model());
		return (always || request.streaming()) && this.targets.streams(asked);
	}

	private synchronized HedgeBudget budget(Target primary, HedgeSettings settings, StackPosition position) {
		Hedges hedges = Hedges.of(settings);
		HedgeBudget budget = this.budgets.find(primary, hedges);
		if (budget == null) {
			budget = new HedgeBudget(settings);
			this.budgets.put(primary, hedges, budget, position);
		}
		return budget;
	}

	/** See {@link ModuleFactory#carryOver}. */
	Runnable carryOver(ModuleSettings newer) {
		Bound<Hedges> bound = new Bound<>((position) -> Hedges.of(newer.bind(NAME, HedgeSettings.class, position)));
		positions().forEach(bound::bind);
		Change<Hedges, HedgeBudget> change;
		synchronized (this) {
			change = this.budgets.carryOver(bound::of);
		}
		return () -> {
			synchronized (this) {
				this.budgets.finish(change, (budget, hedges) -> budget.use(hedges.maxRatio(), hedges.burst()));
			}
		};
	}

	private synchronized List<StackPosition> positions() {
		return this.budgets.positions();
	}

	/**
	 * The settings of a chain's hedge budget.
	 */
	private record Hedges(Percent maxRatio, int burst) {

		static Hedges of(HedgeSettings settings) {
			return new Hedges(settings.maxRatio(), settings.burst());
		}

	}

	/**
	 * A target of a chain that is hedged.
	 */
	private record Hedged(Candidate own, SingletonSupplier<LlmProvider> module) implements Candidate {

		@Override
		public Target target() {
			return this.own.target();
		}

		@Override
		public LlmProvider provider() {
			return this.module.obtain();
		}

		@Override
		public @Nullable Rejection rejection(LlmRequest request) {
			return this.own.rejection(request);
		}

	}

}
