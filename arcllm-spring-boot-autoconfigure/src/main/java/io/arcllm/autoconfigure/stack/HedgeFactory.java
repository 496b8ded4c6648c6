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
import io.arcllm.autoconfigure.config.StreamSettings;
import io.arcllm.module.Candidate;
import io.arcllm.module.Refusal;
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
 * Hedges the targets of chains: a part of the chain, so it has no place in the order.
 */
public final class HedgeFactory {

	static final String NAME = "hedge";

	private static final Log logger = LogFactory.getLog(HedgeFactory.class);

	private final ModuleSettings settings;

	private final Map<Target, HedgeEngine> engines = new ConcurrentHashMap<>();

	private final Map<Hedges, HedgeBudget> budgets = new ConcurrentHashMap<>();

	public HedgeFactory(ModuleSettings settings) {
		this.settings = settings;
	}

	/**
	 * The same chain with those of its targets hedged for which that is on.
	 */
	List<Candidate> around(List<Candidate> chain, CallOptions options) {
		List<Candidate> hedged = new ArrayList<>();
		for (int i = 0; i < chain.size(); i++) {
			Candidate own = chain.get(i);
			if (!this.settings.enabled(NAME, own.target().provider(), options)) {
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

	private void warn(Target alone) {
		if (this.settings.configured(NAME, alone.provider(), "enabled").isPresent()) {
			logger.warn("'arcllm.modules.hedge.enabled' is true, but the chain of " + alone
					+ " has no other target: nothing is hedged");
		}
	}

	private Candidate hedged(Candidate own, List<Candidate> others, CallOptions options, List<Candidate> chain) {
		HedgeSettings settings = this.settings.bind(NAME, HedgeSettings.class, own.target().provider(), options);
		HedgeEngine engine = this.engines.computeIfAbsent(own.target(), (target) -> new HedgeEngine());
		HedgeBudget budget = this.budgets.computeIfAbsent(
				new Hedges(chain.get(0).target(), settings.maxRatio(), settings.burst()),
				(key) -> new HedgeBudget(settings));
		boolean streamed = this.settings.bind("streams", StreamSettings.class, own.target().provider(), options)
			.upstream() == Upstream.ALWAYS;
		Knowledge shared = new Knowledge(engine, budget, streamed);
		return new Hedged(own, SingletonSupplier.of(() -> new HedgeModule(own, others, settings, shared)));
	}

	/**
	 * What calls of one chain share.
	 */
	private record Hedges(Target primary, Percent maxRatio, int burst) {
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
		public @Nullable Refusal refusal(LlmRequest request) {
			return this.own.refusal(request);
		}

	}

}
