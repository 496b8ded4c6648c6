package io.arcllm.autoconfigure.stack;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ProviderProperties.Model;
import io.arcllm.autoconfigure.config.ProviderProperties.Price;
import io.arcllm.module.Selection;
import io.arcllm.module.TokenCount;
import io.arcllm.module.fallback.FallbackSettings;
import io.arcllm.module.routing.CostSelection;
import io.arcllm.module.routing.RoundRobinSelection;
import io.arcllm.module.routing.ScoredSelection;
import io.arcllm.module.routing.ScoredSelection.ScoredBy;
import io.arcllm.module.routing.Scores;
import io.arcllm.module.routing.SessionSelection;
import io.arcllm.module.routing.WeightedSelection;

/**
 * Makes selections from settings, and keeps what the selections of one chain share.
 */
public final class Selections {

	/** The assumed length of an answer, in tokens. */
	private static final int ANSWER = 500;

	private final Targets targets;

	private final Scores scores;

	private final DoubleSupplier random;

	private final Map<Target, Selection> turns = new ConcurrentHashMap<>();

	/**
	 * @param targets has the prices
	 * @param scores of all targets
	 * @param random from 0 to 1
	 */
	public Selections(Targets targets, Scores scores, DoubleSupplier random) {
		this.targets = targets;
		this.scores = scores;
		this.random = random;
	}

	/**
	 * The selection for the chain of that primary target.
	 */
	Selection of(FallbackSettings settings, Target primary) {
		if (settings.affinity() == FallbackSettings.Affinity.SESSION) {
			return new SessionSelection();
		}
		return switch (settings.selection()) {
			case ORDERED -> Selection.ORDERED;
			case HEALTH -> new ScoredSelection(this.scores, ScoredBy.HEALTH, this.random);
			case LATENCY -> new ScoredSelection(this.scores, ScoredBy.LATENCY, this.random);
			case COST -> new CostSelection(this::cost);
			case WEIGHTED -> weighted(settings);
			case ROUND_ROBIN -> this.turns.computeIfAbsent(primary, (target) -> new RoundRobinSelection());
		};
	}

	private Selection weighted(FallbackSettings settings) {
		Map<Target, Double> weights = new HashMap<>();
		settings.weightByTarget().forEach((text, weight) -> weights.put(this.targets.resolve(text), weight));
		return new WeightedSelection((target) -> weights.getOrDefault(target, 1.0), this.random);
	}

	private double cost(Target target, LlmRequest request) {
		Model model = this.targets.model(target);
		Price price = (model == null) ? null : model.price();
		BigDecimal input = (price == null) ? null : price.input();
		BigDecimal output = (price == null) ? null : price.output();
		if (input == null || output == null) {
			return Double.POSITIVE_INFINITY;
		}
		Integer most = request.maxTokens();
		return input.doubleValue() * TokenCount.tokens(request)
				+ output.doubleValue() * ((most == null) ? ANSWER : Math.min(most, ANSWER));
	}

}
