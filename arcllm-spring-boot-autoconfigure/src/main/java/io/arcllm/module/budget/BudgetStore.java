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
 * Where it is kept how much is spent and reserved: in memory, or where several replicas
 * share it. Never blocks. Safe for use by many threads.
 */
interface BudgetStore {

	/**
	 * Holds the money in all accounts, or in none.
	 * @param most how long it is held if it is never settled
	 * @return how the accounts stood before; fails where there is no way to know
	 */
	CompletableFuture<Answer> reserve(Reservation reservation, Duration most);

	/**
	 * Replaces what was reserved by what was spent.
	 * @return how the accounts stand after it
	 */
	CompletableFuture<List<Level>> settle(Reservation reservation, long micros);

	/**
	 * How an account stands, as far as it is known here.
	 */
	Level level(BudgetAccount account);

	/** The accounts that are known here, whatever their window. */
	Map<Key, BudgetAccount> accounts();

	/**
	 * Sets what is spent to nothing; reservations stay.
	 */
	void reset(Predicate<String> limits);

	/**
	 * What became of a reservation.
	 *
	 * @param refusedBy the account without enough money; {@code null} if it is held
	 * @param level how that account stood
	 */
	record Answer(@Nullable BudgetAccount refusedBy, Level level) {

		static final Answer HELD = new Answer(null, Level.NONE);

	}

}
