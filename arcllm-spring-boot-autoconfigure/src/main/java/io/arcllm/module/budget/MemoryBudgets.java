package io.arcllm.module.budget;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

import io.arcllm.module.budget.BudgetAccount.Key;
import io.arcllm.module.budget.BudgetAccount.Level;
import io.arcllm.module.budget.BudgetLimit.Action;

/**
 * Levels of this process. The number of accounts of a limit is bounded, because callers
 * may invent tenants; the least recently used one is forgotten, unless money is reserved
 * in it. Its lock is held for a few instructions.
 */
final class MemoryBudgets implements BudgetStore {

	/** The most accounts that are kept. */
	static final int MOST_KEPT = 10_000;

	private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

	@Override
	public CompletableFuture<Answer> reserve(Reservation reservation, Duration most) {
		return CompletableFuture.completedFuture(reserve(reservation));
	}

	private synchronized Answer reserve(Reservation reservation) {
		for (BudgetAccount account : reservation.accounts()) {
			Level level = level(account);
			if (account.limit().action() != Action.WARN
					&& level.exceeds(reservation.micros(), account.limit().micros())) {
				return new Answer(account, level);
			}
		}
		hold(reservation);
		return Answer.HELD;
	}

	/** Reserves the money whatever the limits are. */
	synchronized void hold(Reservation reservation) {
		for (BudgetAccount account : reservation.accounts()) {
			entry(account).reserved += reservation.micros();
		}
	}

	@Override
	public CompletableFuture<List<Level>> settle(Reservation reservation, long micros) {
		return CompletableFuture.completedFuture(settleNow(reservation, micros));
	}

	/**
	 * A reservation of a past window has no effect any more.
	 */
	private synchronized List<Level> settleNow(Reservation reservation, long micros) {
		List<Level> levels = new ArrayList<>(reservation.accounts().size());
		for (BudgetAccount account : reservation.accounts()) {
			Entry entry = this.entries.get(account.key());
			if (entry == null || !entry.account.span().equals(account.span())) {
				levels.add(Level.NONE);
				continue;
			}
			entry.reserved = Math.max(0, entry.reserved - reservation.micros());
			entry.spent += micros;
			levels.add(entry.level());
		}
		return levels;
	}

	@Override
	public synchronized Level level(BudgetAccount account) {
		Entry entry = this.entries.get(account.key());
		return (entry == null || !entry.account.span().equals(account.span())) ? Level.NONE : entry.level();
	}

	/** Takes over the level of another store. */
	synchronized void learn(BudgetAccount account, long spent) {
		Entry entry = entry(account);
		entry.spent = Math.max(spent, 0);
	}

	private Entry entry(BudgetAccount account) {
		Entry entry = this.entries.get(account.key());
		if (entry == null || !entry.account.span().equals(account.span())) {
			entry = new Entry(account);
			this.entries.put(account.key(), entry);
			forgetOldest();
		}
		entry.account = account;
		return entry;
	}

	private void forgetOldest() {
		Iterator<Entry> oldest = this.entries.values().iterator();
		for (int looked = 0; this.entries.size() > MOST_KEPT && looked < 100 && oldest.hasNext(); looked++) {
			if (oldest.next().reserved == 0) {
				oldest.remove();
			}
		}
	}

	@Override
	public synchronized Map<Key, BudgetAccount> accounts() {
		Map<Key, BudgetAccount> accounts = new LinkedHashMap<>();
		this.entries.forEach((key, entry) -> accounts.put(key, entry.account));
		return accounts;
	}

	@Override
	public synchronized void reset(Predicate<String> limits) {
		this.entries.forEach((key, entry) -> {
			if (limits.test(key.limit())) {
				entry.spent = 0;
			}
		});
	}

	private static final class Entry {

		/** With the present settings of the limit. */
		private BudgetAccount account;

		private long spent;

		private long reserved;

		Entry(BudgetAccount account) {
			this.account = account;
		}

		Level level() {
			return new Level(this.spent, this.reserved);
		}

	}

}
