package io.arcllm.autoconfigure.stack;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.config.StreamSettings;
import io.arcllm.module.Candidate;
import io.arcllm.module.fallback.recovery.Recovery;
import io.arcllm.module.Rejection;
import io.arcllm.module.attempt.CommitPoint;
import io.arcllm.module.fallback.AnswerJudge;
import io.arcllm.module.fallback.Chain;
import io.arcllm.module.fallback.ChainEntry;
import io.arcllm.module.fallback.FallbackModule;
import io.arcllm.module.fallback.FallbackSettings;
import io.arcllm.module.fallback.recovery.RecoveryPlan;
import io.arcllm.module.retry.RetryBudget;
import io.arcllm.provider.json.FormatCheck;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Makes chains of targets, with fallback, hedges and selection.
 */
public final class ChainFactory {

	public static final String NAME = "fallback";

	private static final Log logger = LogFactory.getLog(ChainFactory.class);

	private final ModuleSettings settings;

	private final Targets targets;

	private final RetryBudget budget;

	private final Selections selections;

	private final HedgeFactory hedge;

	/**
	 * @param budget the retry budget, for asking a target again that broke off
	 * @param selections decide which target of a chain is asked first
	 * @param hedge makes hedges
	 */
	public ChainFactory(ModuleSettings settings, Targets targets, RetryBudget budget, Selections selections,
			HedgeFactory hedge) {
		this.settings = settings;
		this.targets = targets;
		this.budget = budget;
		this.selections = selections;
		this.hedge = hedge;
	}

	/**
	 * Whether there is a chain; recovery of streams makes a chain of the primary target
	 * alone.
	 */
	boolean isOn(StackPosition position) {
		return isEnabled(position) || streams(position).recovery() != Recovery.FAIL;
	}

	/** See {@link ModuleFactory#carryOver}. */
	public Runnable carryOver(ModuleSettings newer) {
		return this.hedge.carryOver(newer);
	}

	/** Whether the first target of the chain is hedged. */
	boolean isHedged(StackPosition position) {
		return this.settings.enabled(HedgeFactory.NAME, position.provider(), position.options())
				&& targets(position).size() > 1 && !this.hedge.hasServerTools(position.target());
	}

	private boolean isEnabled(StackPosition position) {
		return this.settings.enabled(NAME, position.provider(), position.options());
	}

	private StreamSettings streams(StackPosition position) {
		return this.settings.bind("streams", StreamSettings.class, position);
	}

	/**
	 * Wraps a chain.
	 * @param primary its first target
	 * @param candidates makes the others
	 */
	LlmProvider around(Candidate primary, StackPosition position, Function<Target, Candidate> candidates) {
		FallbackSettings settings = settings(position);
		RecoveryPlan resume = new RecoveryPlan(streams(position).recovery(), this.targets::acceptsPrefix,
				this.budget::tryRetry);
		AnswerJudge judge = new AnswerJudge(isEnabled(position) ? settings.onAnswer() : Set.of(),
				streams(position).commit().equals(CommitPoint.FULL), FormatCheck::holds);
		return new FallbackModule(chain(primary, settings, position, candidates), settings,
				this.selections.of(settings, position.target()), resume, judge);
	}

	private Chain chain(Candidate primary, FallbackSettings settings, StackPosition position,
			Function<Target, Candidate> all) {
		if (!isEnabled(position)) {
			return new Chain(List.of(primary), List.of(), List.of());
		}
		Function<Target, Candidate> candidates = (target) -> labelled(all.apply(target), settings.only());
		List<Candidate> targets = new ArrayList<>();
		targets.add(primary);
		targets.addAll(isChosen(position) ? entries(settings.chain(), position, candidates)
				: othersOf(settings.chainTargets(), position).stream().map(candidates).toList());
		return new Chain(this.hedge.around(targets, position.options()),
				resolve(settings.contextWindow(), position, candidates),
				resolve(settings.contentPolicy(), position, candidates));
	}

	/**
	 * A target without the labels stays in the chain and is passed over, so that the
	 * trail says why.
	 */
	private Candidate labelled(Candidate candidate, List<String> labels) {
		return this.targets.isLabelled(candidate.target().provider(), labels) ? candidate
				: new UnlabelledCandidate(candidate.target(), labels);
	}

	/**
	 * Whether another target than the primary one may be asked first.
	 */
	boolean selects(StackPosition position) {
		return isEnabled(position) && (settings(position).selection() != FallbackSettings.Choice.ORDERED
				|| settings(position).affinity() != FallbackSettings.Affinity.NONE);
	}

	/** The targets of a chain, the primary one first. Creates none of them. */
	public List<Target> targets(StackPosition position) {
		Set<Target> targets = new LinkedHashSet<>(List.of(position.target()));
		if (isEnabled(position)) {
			List<String> chain = settings(position).chainTargets();
			targets.addAll(isChosen(position)
					? this.targets.modelNames().expand(chain).stream().map(this.targets::resolve).toList()
					: othersOf(chain, position));
		}
		return targets.stream()
			.filter((target) -> target.equals(position.target()) || !isEnabled(position)
					|| this.targets.isLabelled(target.provider(), settings(position).only()))
			.toList();
	}

	/** Whether the chain is configured, and not that of the profile. */
	private boolean isChosen(StackPosition position) {
		return position.options().chain() != null || position.options().modules().containsKey(NAME)
				|| this.settings.configured(NAME, position.provider(), "chain").isPresent()
				|| this.settings.configured(NAME, position.provider(), "chain[0]").isPresent()
				|| this.settings.configured(NAME, position.provider(), "chain[0].target").isPresent();
	}

	/** The other providers that are completely configured. */
	private List<Target> othersOf(List<String> names, StackPosition position) {
		return names.stream()
			.filter((name) -> !name.equals(position.provider()) && this.targets.isComplete(name))
			.map(this.targets::resolve)
			.toList();
	}

	private FallbackSettings settings(StackPosition position) {
		return this.settings.bind(NAME, FallbackSettings.class, position);
	}

	private List<Candidate> entries(List<ChainEntry> chain, StackPosition position,
			Function<Target, Candidate> candidates) {
		Map<Target, Candidate> resolved = new LinkedHashMap<>();
		for (int i = 0; i < chain.size(); i++) {
			ChainEntry entry = typed(chain.get(i), position, i);
			resolve(List.of(entry.target()), position, candidates)
				.forEach((candidate) -> resolved.putIfAbsent(candidate.target(), entry.around(candidate)));
		}
		return List.copyOf(resolved.values());
	}

	private ChainEntry typed(ChainEntry entry, StackPosition position, int index) {
		Map<String, Object> options = entry.options();
		return (options == null || options.isEmpty()) ? entry : new ChainEntry(entry.target(), entry.maxTokens(),
				entry.temperature(), this.settings.typed(options, position.provider(), index));
	}

	private List<Candidate> resolve(List<String> chain, StackPosition position,
			Function<Target, Candidate> candidates) {
		List<Candidate> resolved = new ArrayList<>();
		for (String text : this.targets.modelNames().expand(chain)) {
			Target target = this.targets.resolve(text);
			if (target.equals(position.target())) {
				continue;
			}
			if (this.targets.isWithoutKey(target.provider())) {
				logger.warn("arcllm.providers." + target.provider() + ".api-key is not set, so the chain of "
						+ position.target() + " passes over '" + text + "': set the key");
				continue;
			}
			resolved.add(candidates.apply(target));
		}
		return resolved;
	}

	/**
	 * A target that is never asked, because it lacks labels that the chain requires.
	 */
	private record UnlabelledCandidate(Target target, List<String> labels) implements Candidate {

		@Override
		public LlmProvider provider() {
			throw LlmException.of(ErrorKind.UNSUPPORTED, this.target + " may not be asked: " + reason())
				.target(this.target)
				.build();
		}

		@Override
		public Rejection rejection(LlmRequest request) {
			return new Rejection(ErrorKind.UNSUPPORTED, reason(), null);
		}

		private String reason() {
			return "it has not all labels of fallback.only: " + String.join(", ", this.labels);
		}

	}

}
