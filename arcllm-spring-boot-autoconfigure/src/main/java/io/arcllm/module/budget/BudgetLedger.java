package io.arcllm.module.budget;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.arcllm.Target;
import io.arcllm.module.Percent;
import io.arcllm.module.budget.BudgetAccount.Level;
import io.arcllm.module.budget.BudgetSettings.OnStoreFailure;
import io.arcllm.module.budget.BudgetSettings.Store;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What all budgets of an application share: the stores of what is spent, the expected
 * lengths of answers, and which warnings were published. Safe for use by many threads.
 */
public final class BudgetLedger {

	private static final Log logger = LogFactory.getLog(BudgetLedger.class);

	/** The most providers that are logged. */
	private static final int MOST_TOLD = 100;

	private final Clock clock;

	private final BudgetListener listener;

	private final @Nullable Supplier<BudgetRedis> redis;

	private final MemoryBudgets memory = new MemoryBudgets();

	private final Map<OnStoreFailure, BudgetStore> shared = new ConcurrentHashMap<>();

	private final AnswerLengths lengths = new AnswerLengths();

	private final Set<String> unknown = ConcurrentHashMap.newKeySet();

	/** The largest announced share by account, or {@link #EXHAUSTED}. */
	private final Map<BudgetAccount, Double> announced = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<BudgetAccount, Double> eldest) {
			return size() > MemoryBudgets.MOST_KEPT;
		}

	};

	private static final double EXHAUSTED = 2;

	/**
	 * @param clock the time of day
	 * @param listener is notified of warnings and used up limits
	 * @param redis the store of levels with {@code store: redis}; {@code null} if there
	 * is no Redis
	 */
	public BudgetLedger(Clock clock, BudgetListener listener, @Nullable Supplier<BudgetRedis> redis) {
		this.clock = clock;
		this.listener = BudgetListener.all(List.of(listener));
		this.redis = redis;
	}

	AnswerLengths lengths() {
		return this.lengths;
	}

	BudgetStore store(BudgetSettings settings) {
		if (settings.store() == Store.MEMORY) {
			return this.memory;
		}
		BudgetStore store = this.shared.get(settings.onStoreFailure());
		return (store != null) ? store
				: this.shared.computeIfAbsent(settings.onStoreFailure(), (choice) -> new RedisBudgets(redis(), choice));
	}

	private BudgetRedis redis() {
		if (this.redis == null) {
			throw new IllegalStateException("There is no connection to Redis");
		}
		return this.redis.get();
	}

	/** Logs once for each provider that models without a price count as 0. */
	void toldOfUnknown(Target target) {
		if (this.unknown.size() < MOST_TOLD && this.unknown.add(target.provider())) {
			logger.warn("Nothing is known of the price of " + target
					+ ", so it counts nothing on any budget (unknown-price: allow)");
		}
	}

	/** An account was settled: publishes the warnings that are due. */
	void spent(BudgetAccount account, Level level) {
		BudgetLimit limit = account.limit();
		if (level.spent() >= limit.micros()) {
			warn(account, level, 1);
			exhausted(account, level);
		}
		else if (!limit.warnAt().isEmpty()) {
			warn(account, level, (double) level.spent() / limit.micros());
		}
	}

	private void warn(BudgetAccount account, Level level, double share) {
		BudgetLimit limit = account.limit();
		for (Percent at : limit.warnAt().stream().sorted((a, b) -> Double.compare(a.ratio(), b.ratio())).toList()) {
			if (share >= at.ratio() && announce(account, at.ratio())) {
				BudgetWarning warning = new BudgetWarning(limit.name(), account.subject(), at.ratio(),
						Micros.amount(level.spent()), limit.amount(), limit.currency(), account.span().end());
				logger.warn("Of the budget " + described(account) + " " + at + " is spent: " + spent(level, limit));
				this.listener.warning(warning);
			}
		}
	}

	/** An account has too little left: publishes this once in each window. */
	void exhausted(BudgetAccount account, Level level) {
		BudgetLimit limit = account.limit();
		if (announce(account, EXHAUSTED)) {
			BigDecimal spent = Micros.amount(level.spent());
			logger.warn("The budget " + described(account) + " is used up: " + spent(level, limit));
			this.listener.exhausted(new BudgetExhausted(limit.name(), account.subject(), spent, limit.amount(),
					limit.currency(), account.span().end()));
		}
	}

	private static String described(BudgetAccount account) {
		return "'" + account.limit().name() + "'" + (account.subject().isEmpty() ? "" : " of " + account.subject());
	}

	private static String spent(Level level, BudgetLimit limit) {
		return Micros.amount(level.spent()).toPlainString() + " of " + limit.amount().toPlainString() + " "
				+ limit.currency();
	}

	/** Whether this was not announced yet in this window. */
	private synchronized boolean announce(BudgetAccount account, double share) {
		Double before = this.announced.get(account);
		if (before != null && before >= share) {
			return false;
		}
		this.announced.put(account, share);
		return true;
	}

	/**
	 * Sets what is spent in this window to 0; reservations stay.
	 * @param limit the name of the limit; {@code null} for all limits
	 */
	public void reset(@Nullable String limit) {
		Predicate<String> wanted = (name) -> limit == null || limit.equals(name);
		stores().forEach((store) -> store.reset(wanted));
		synchronized (this) {
			this.announced.keySet().removeIf((account) -> wanted.test(account.limit().name()));
		}
	}

	/** The names of the limits under which something was counted. */
	public Set<String> limits() {
		Set<String> names = new TreeSet<>();
		status().forEach((one) -> names.add(one.limit()));
		return names;
	}

	/**
	 * The levels of all budgets under which something was counted in this window.
	 */
	public List<BudgetStatus> status() {
		List<BudgetStatus> status = new ArrayList<>();
		Instant now = this.clock.instant();
		for (BudgetStore store : stores()) {
			store.accounts().values().stream().filter((account) -> account.span().contains(now)).forEach((account) -> {
				Level level = store.level(account);
				BudgetLimit limit = account.limit();
				status.add(new BudgetStatus(limit.name(), limit.scope().toString(), account.subject(),
						Micros.amount(level.spent()), Micros.amount(level.reserved()), limit.amount(), limit.currency(),
						limit.action(), account.span().end()));
			});
		}
		return status;
	}

	private List<BudgetStore> stores() {
		List<BudgetStore> stores = new ArrayList<>();
		stores.add(this.memory);
		stores.addAll(this.shared.values());
		return stores;
	}

}
