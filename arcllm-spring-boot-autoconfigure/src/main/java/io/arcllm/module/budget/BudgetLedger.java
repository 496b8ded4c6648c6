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
 * What all budgets of an application share: the stores of what is spent, what is known of
 * answers, and which warnings were given.
 */
public final class BudgetLedger {

	private static final Log logger = LogFactory.getLog(BudgetLedger.class);

	/** Providers that are told of, however many are made up. */
	private static final int MOST_TOLD = 100;

	private final Clock clock;

	private final BudgetListener listener;

	private final @Nullable Supplier<BudgetRedis> redis;

	private final MemoryBudgets memory = new MemoryBudgets();

	private final Map<OnStoreFailure, BudgetStore> shared = new ConcurrentHashMap<>();

	private final AnswerLengths lengths = new AnswerLengths();

	private final Set<String> unknown = ConcurrentHashMap.newKeySet();

	/** By account, how many warnings were given, or {@link #EXHAUSTED}. */
	private final Map<BudgetAccount, Double> announced = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<BudgetAccount, Double> eldest) {
			return size() > MemoryBudgets.MOST_KEPT;
		}

	};

	private static final double EXHAUSTED = 2;

	/**
	 * @param clock the time of day
	 * @param listener hears when budgets come near their end
	 * @param redis where levels with {@code store: redis} are kept; {@code null} where
	 * there is none
	 */
	public BudgetLedger(Clock clock, BudgetListener listener, @Nullable Supplier<BudgetRedis> redis) {
		this.clock = clock;
		this.listener = listener;
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

	/** Says once of each provider that models of it count nothing. */
	void toldOfUnknown(Target target) {
		if (this.unknown.size() < MOST_TOLD && this.unknown.add(target.provider())) {
			logger.warn("Nothing is known of the price of " + target
					+ ", so it counts nothing on any budget (unknown-price: allow)");
		}
	}

	/** An account was settled: gives the warnings that are due. */
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
				tell(() -> this.listener.warning(warning));
			}
		}
	}

	/** An account has too little left: says so once a window. */
	void exhausted(BudgetAccount account, Level level) {
		BudgetLimit limit = account.limit();
		if (announce(account, EXHAUSTED)) {
			BigDecimal spent = Micros.amount(level.spent());
			logger.warn("The budget " + described(account) + " is used up: " + spent(level, limit));
			tell(() -> this.listener.exhausted(new BudgetExhausted(limit.name(), account.subject(), spent,
					limit.amount(), limit.currency(), account.span().end())));
		}
	}

	private static String described(BudgetAccount account) {
		return "'" + account.limit().name() + "'" + (account.subject().isEmpty() ? "" : " of " + account.subject());
	}

	private static String spent(Level level, BudgetLimit limit) {
		return Micros.amount(level.spent()).toPlainString() + " of " + limit.amount().toPlainString() + " "
				+ limit.currency();
	}

	/** Whether that was not said yet in this window. */
	private synchronized boolean announce(BudgetAccount account, double share) {
		Double before = this.announced.get(account);
		if (before != null && before >= share) {
			return false;
		}
		this.announced.put(account, share);
		return true;
	}

	/** What a listener throws changes nothing. */
	private static void tell(Runnable event) {
		try {
			event.run();
		}
		catch (Throwable ex) {
			logger.warn("A listener of budgets failed", ex);
		}
	}

	/**
	 * Sets what is spent in this window to nothing; reservations stay.
	 * @param limit whose; all where it is {@code null}
	 */
	public void reset(@Nullable String limit) {
		Predicate<String> wanted = (name) -> limit == null || limit.equals(name);
		stores().forEach((store) -> store.reset(wanted));
		synchronized (this) {
			this.announced.keySet().removeIf((account) -> wanted.test(account.limit().name()));
		}
	}

	/** The names of the limits that anything was counted for. */
	public Set<String> limits() {
		Set<String> names = new TreeSet<>();
		status().forEach((one) -> names.add(one.limit()));
		return names;
	}

	/**
	 * How all budgets stand that anything was counted for in this window.
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
