package io.arcllm.module.budget;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

import io.arcllm.module.budget.BudgetAccount.Key;
import io.arcllm.module.budget.BudgetAccount.Level;
import org.jspecify.annotations.Nullable;

/**
 * Keeps how much is spent and reserved, in memory or shared by several replicas. Never
 * blocks. Safe for use by many threads.
 */
interface BudgetStore {

	/**
	 * Reserves the money in all accounts, or in none.
	 * @param most how long it stays reserved if it is never settled
	 * @return the levels before it; fails if they cannot be read
	 */
	CompletableFuture<Answer> reserve(Reservation reservation, Duration most);

	/**
	 * Replaces what was reserved by what was spent.
	 * @return the levels after it
	 */
	CompletableFuture<List<Level>> settle(Reservation reservation, long micros);

	/**
	 * The level of an account, as far as this process knows it.
	 */
	Level level(BudgetAccount account);

	/** The accounts that this process knows, in any window. */
	Map<Key, BudgetAccount> accounts();

	/**
	 * Sets what is spent to 0; reservations stay.
	 */
	void reset(Predicate<String> limits);

	/**
	 * The result of a reservation.
	 *
	 * @param refusedBy the account without enough money; {@code null} if the money is
	 * reserved
	 * @param level the level of that account
	 */
	record Answer(@Nullable BudgetAccount refusedBy, Level level) {

		static final Answer HELD = new Answer(null, Level.NONE);

	}

}
