package io.arcllm.autoconfigure.module;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import io.arcllm.CallOptions;
import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ConfigMistake;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.ProviderDefinitions;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.stack.ChainFactory;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.autoconfigure.stack.Prices;
import io.arcllm.autoconfigure.stack.Targets;
import io.arcllm.module.Readiness;
import io.arcllm.module.budget.AttemptBudgetModule;
import io.arcllm.module.budget.Budget;
import io.arcllm.module.budget.BudgetLedger;
import io.arcllm.module.budget.BudgetModule;
import io.arcllm.module.budget.BudgetSettings;
import io.arcllm.module.budget.BudgetSettings.Store;
import io.arcllm.module.budget.BudgetSettings.UnknownPrice;
import io.arcllm.module.budget.BudgetStatus;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Puts budgets into stacks: one around the whole call, and one around each attempt. All
 * of them share what is spent.
 */
public final class BudgetFactory implements ModuleFactory {

	static final String NAME = "budget";

	private static final Log logger = LogFactory.getLog(BudgetFactory.class);

	private final ModuleSettings settings;

	private final BudgetLedger ledger;

	private final Prices prices;

	private final Clock clock;

	private final boolean hasRedis;

	private final List<Runnable> watchers = new CopyOnWriteArrayList<>();

	/**
	 * @param settings the limits at each position
	 * @param ledger has what is spent
	 * @param prices the prices of targets
	 * @param clock the time of day
	 * @param hasRedis whether there is a connection to Redis
	 */
	public BudgetFactory(ModuleSettings settings, BudgetLedger ledger, Prices prices, Clock clock, boolean hasRedis) {
		this.settings = settings;
		this.ledger = ledger;
		this.prices = prices;
		this.clock = clock;
		this.hasRedis = hasRedis;
	}

	@Override
	public String name() {
		return NAME;
	}

	/**
	 * Refuses configured targets without a price if a budget blocks them, and a shared
	 * budget without Redis.
	 */
	public void check(Targets targets, ChainFactory chains) {
		boolean memory = false;
		for (Target target : targets.all()) {
			StackPosition position = new StackPosition(target, CallOptions.NONE);
			if (this.settings.enabled(NAME, position.provider(), position.options())) {
				BudgetSettings own = settings(position);
				memory |= own.store() == Store.MEMORY && !own.limits().isEmpty();
				chains.targets(position).forEach((asked) -> checkPrice(asked, own));
			}
		}
		if (memory) {
			logger.info("Budgets are kept in memory: they begin at 0 now, and count what this process alone spends"
					+ " (arcllm.modules.budget.store: redis keeps and shares them)");
		}
	}

	/** Checks a configuration that is read again. */
	@Override
	public void check(ModuleSettings settings, ProviderDefinitions definitions) {
		for (ProviderDefinition one : definitions.all()) {
			if (settings.enabled(NAME, one.name(), CallOptions.NONE)) {
				BudgetSettings own = settings.bind(NAME, BudgetSettings.class, one.name(), CallOptions.NONE);
				requireRedis(own);
				requirePrice(new Target(one.name(), one.model()), own, hasPrice(one));
			}
		}
	}

	private static boolean hasPrice(ProviderDefinition definition) {
		return definition.models()
			.stream()
			.anyMatch((model) -> model.name().equals(definition.model()) && model.price() != null
					&& model.price().input() != null && model.price().output() != null);
	}

	private void checkPrice(Target target, BudgetSettings own) {
		requirePrice(target, own, this.prices.isKnown(target));
	}

	private static void requirePrice(Target target, BudgetSettings own, boolean known) {
		if (own.unknownPrice() == UnknownPrice.BLOCK && own.limitsAnything() && target.model() != null && !known) {
			throw new ConfigMistake("arcllm.providers." + target.provider() + ".models",
					"A budget is on, but nothing is known of the price of " + target + ".",
					"Write it: arcllm.providers." + target.provider() + ".models: [{name: " + target.model()
							+ ", price: {input: 3.00, output: 15.00}}] for a million tokens, {input: 0, output: 0} for a"
							+ " model of your own; or set arcllm.modules.budget.unknown-price: allow.");
		}
	}

	@Override
	public LlmProvider around(LlmProvider inner, StackPosition position) {
		return new BudgetModule(inner, budget(position), position.target());
	}

	@Override
	public boolean wrapsAttempts() {
		return true;
	}

	@Override
	public LlmProvider aroundAttempt(LlmProvider attempt, StackPosition position) {
		return new AttemptBudgetModule(attempt, budget(position), position.target());
	}

	@Override
	public Readiness readiness(StackPosition position) {
		Budget budget = budget(position);
		return budget.mayPassOver() ? () -> budget.rejection(position.target()) : Readiness.READY;
	}

	private Budget budget(StackPosition position) {
		BudgetSettings own = settings(position);
		requireRedis(own);
		return new Budget(own, this.ledger, this.prices, this.clock);
	}

	private void requireRedis(BudgetSettings own) {
		if (own.store() == Store.REDIS && !this.hasRedis) {
			throw new ConfigMistake("arcllm.modules.budget.store",
					"arcllm.modules.budget.store is redis, but there is no connection to Redis.",
					"Add the dependency org.springframework.boot:spring-boot-starter-data-redis, and set"
							+ " spring.data.redis.host.");
		}
	}

	private BudgetSettings settings(StackPosition position) {
		return this.settings.bind(NAME, BudgetSettings.class, position);
	}

	/**
	 * Registers code that runs after the configuration was read again, because limits may
	 * have changed.
	 */
	public void watch(Runnable watcher) {
		this.watchers.add(watcher);
	}

	@Override
	public Runnable carryOver(ModuleSettings newer) {
		return () -> this.watchers.forEach(Runnable::run);
	}

	/** What is spent, by limit. */
	@Override
	public Map<String, List<?>> levels() {
		Map<String, List<BudgetStatus>> levels = new LinkedHashMap<>();
		this.ledger.status()
			.forEach((status) -> levels.merge(status.limit(), List.of(status),
					(some, more) -> Stream.concat(some.stream(), more.stream()).toList()));
		return new LinkedHashMap<>(levels);
	}

}
