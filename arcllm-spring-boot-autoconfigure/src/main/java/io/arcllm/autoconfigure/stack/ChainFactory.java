package io.arcllm.autoconfigure.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.config.StreamSettings;
import io.arcllm.module.Candidate;
import io.arcllm.module.Recovery;
import io.arcllm.module.fallback.Chain;
import io.arcllm.module.fallback.FallbackModule;
import io.arcllm.module.fallback.FallbackSettings;
import io.arcllm.module.fallback.recovery.RecoveryPlan;
import io.arcllm.module.retry.RetryBudget;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Puts a chain into stacks: the one module that wraps several targets.
 */
public final class ChainFactory implements ModuleFactory {

	static final String NAME = "fallback";

	private static final Log logger = LogFactory.getLog(ChainFactory.class);

	private final ModuleSettings settings;

	private final Targets targets;

	private final RetryBudget budget;

	private final Selections selections;

	private final HedgeFactory hedge;

	/**
	 * @param budget what it takes to ask a target again that broke off
	 * @param selections who of a chain is asked first
	 * @param hedge asks others while a target is silent
	 */
	public ChainFactory(ModuleSettings settings, Targets targets, RetryBudget budget, Selections selections,
			HedgeFactory hedge) {
		this.settings = settings;
		this.targets = targets;
		this.budget = budget;
		this.selections = selections;
		this.hedge = hedge;
	}

	@Override
	public String name() {
		return NAME;
	}

	/**
	 * Whether there is a chain: also one of the primary target alone, where streams that
	 * break off are to be mended.
	 */
	boolean isOn(StackPosition place) {
		return isEnabled(place) || streams(place).recovery() != Recovery.FAIL;
	}

	private boolean isEnabled(StackPosition place) {
		return this.settings.enabled(NAME, place.provider(), place.options());
	}

	private StreamSettings streams(StackPosition place) {
		return this.settings.bind("streams", StreamSettings.class, place);
	}

	/**
	 * A chain of which nobody but the primary target is known.
	 */
	@Override
	public LlmProvider around(LlmProvider inner, StackPosition place) {
		throw new IllegalStateException("A chain needs its targets");
	}

	/**
	 * Wraps a chain.
	 * @param primary its first target
	 * @param candidates makes the others
	 */
	LlmProvider around(Candidate primary, StackPosition place, Function<Target, Candidate> candidates) {
		FallbackSettings settings = settings(place);
		RecoveryPlan resume = new RecoveryPlan(streams(place).recovery(), this.targets::acceptsPrefix,
				this.budget::tryRetry);
		return new FallbackModule(chain(primary, settings, place, candidates), settings,
				this.selections.of(settings, place.target()), resume);
	}

	private Chain chain(Candidate primary, FallbackSettings settings, StackPosition place,
			Function<Target, Candidate> candidates) {
		if (!isEnabled(place)) {
			return new Chain(List.of(primary), List.of(), List.of());
		}
		List<Candidate> targets = new ArrayList<>();
		targets.add(primary);
		targets.addAll(resolve(settings.chain(), place, candidates));
		return new Chain(this.hedge.around(targets, place.options()),
				resolve(settings.contextWindow(), place, candidates),
				resolve(settings.contentPolicy(), place, candidates));
	}

	/**
	 * Whether another than the primary target may be asked first.
	 */
	boolean selects(StackPosition place) {
		return isEnabled(place) && settings(place).selection() != FallbackSettings.Choice.ORDERED;
	}

	public FallbackSettings settings(StackPosition place) {
		return this.settings.bind(NAME, FallbackSettings.class, place);
	}

	private List<Candidate> resolve(List<String> chain, StackPosition place, Function<Target, Candidate> candidates) {
		List<Candidate> resolved = new ArrayList<>();
		for (String text : chain) {
			Target target = this.targets.resolve(text);
			if (target.equals(place.target())) {
				continue;
			}
			if (this.targets.isWithoutKey(target.provider())) {
				logger.warn("Chain member '" + text + "' is passed over: it has no key; set arcllm.providers."
						+ target.provider() + ".api-key");
				continue;
			}
			resolved.add(candidates.apply(target));
		}
		return resolved;
	}

}
