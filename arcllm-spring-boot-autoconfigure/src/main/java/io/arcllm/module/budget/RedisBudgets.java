package io.arcllm.module.budget;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import io.arcllm.module.Reachability;
import io.arcllm.module.budget.BudgetAccount.Key;
import io.arcllm.module.budget.BudgetAccount.Level;
import io.arcllm.module.budget.BudgetSettings.OnStoreFailure;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Levels in Redis, shared by all replicas of an application. While Redis cannot be
 * reached, which is logged once, {@code on-store-failure} decides, and one call a second
 * tries it again. What was spent in that time is sent to Redis when it is back. The last
 * levels from Redis are kept in memory, for the actuator, for chains, and as the start of
 * {@code local}.
 */
final class RedisBudgets implements BudgetStore {

	private static final Log logger = LogFactory.getLog(RedisBudgets.class);

	/**
	 * The most settlements that are kept until Redis is back; beyond that, the oldest are
	 * lost.
	 */
	private static final int MOST_OWED = 10_000;

	private final RedisAccounts accounts;

	private final OnStoreFailure choice;

	private final MemoryBudgets local = new MemoryBudgets();

	private final Queue<Settlement> owed = new ArrayDeque<>();

	/** Reservations that are not in Redis, until they are settled. */
	private final Set<String> unheld = ConcurrentHashMap.newKeySet();

	private final Reachability redis = new Reachability();

	/**
	 * @param redis connects on first use, and again while there is no connection
	 * @param choice what happens while Redis cannot be reached
	 */
	RedisBudgets(BudgetRedis redis, OnStoreFailure choice) {
		this.accounts = new RedisAccounts(redis);
		this.choice = choice;
	}

	@Override
	public CompletableFuture<Answer> reserve(Reservation reservation, Duration most) {
		if (!this.redis.mayAsk()) {
			return without(reservation, most);
		}
		CompletableFuture<Answer> asked = this.accounts.reserve(reservation, most, this::learn);
		CompletableFuture<Answer> inTime = asked.copy().orTimeout(patience().toMillis(), TimeUnit.MILLISECONDS);
		return inTime.handle((answer, failure) -> {
			if (failure == null) {
				back();
				if (answer.refusedBy() == null) {
					this.local.hold(reservation);
				}
				return CompletableFuture.completedFuture(answer);
			}
			away(failure);
			// the money may still be reserved there, for longer than any call waits
			this.accounts.settle(reservation, 0, true, this::learn);
			return without(reservation, most);
		}).thenCompose((answer) -> answer);
	}

	private CompletableFuture<Answer> without(Reservation reservation, Duration most) {
		return switch (this.choice) {
			case LOCAL -> {
				this.unheld.add(reservation.id());
				yield this.local.reserve(reservation, most).whenComplete((answer, none) -> {
					if (answer.refusedBy() != null) {
						this.unheld.remove(reservation.id());
					}
				});
			}
			case OPEN -> {
				this.unheld.add(reservation.id());
				this.local.hold(reservation);
				yield CompletableFuture.completedFuture(Answer.HELD);
			}
			case CLOSED -> CompletableFuture.failedFuture(new IllegalStateException("Redis cannot be reached"));
		};
	}

	/**
	 * Settles in memory at once, and in Redis as soon as possible.
	 */
	@Override
	public CompletableFuture<List<Level>> settle(Reservation reservation, long micros) {
		CompletableFuture<List<Level>> here = this.local.settle(reservation, micros);
		Settlement settlement = new Settlement(reservation, micros, !this.unheld.remove(reservation.id()));
		if (isAway()) {
			owe(settlement);
			return here;
		}
		return tell(settlement).orTimeout(patience().toMillis(), TimeUnit.MILLISECONDS).handle((levels, failure) -> {
			if (failure == null) {
				return CompletableFuture.completedFuture(levels);
			}
			away(failure);
			owe(settlement);
			return here;
		}).thenCompose((levels) -> levels);
	}

	private CompletableFuture<List<Level>> tell(Settlement one) {
		return this.accounts.settle(one.reservation(), one.micros(), one.held(), this::learn);
	}

	private synchronized void owe(Settlement settlement) {
		if (this.owed.size() >= MOST_OWED) {
			this.owed.poll();
		}
		this.owed.add(settlement);
	}

	private synchronized List<Settlement> takeOwed() {
		List<Settlement> all = new ArrayList<>(this.owed);
		this.owed.clear();
		return all;
	}

	private void learn(BudgetAccount account, Level level) {
		this.local.learn(account, level.spent());
	}

	private void away(Throwable failure) {
		if (this.redis.lost()) {
			logger.warn("Redis cannot be reached for budgets: on-store-failure holds until it is back, "
					+ switch (this.choice) {
						case LOCAL -> "and each replica keeps to the whole limits by itself";
						case OPEN -> "and all calls go through";
						case CLOSED -> "and no call goes through";
					} + " (" + failure + ")");
		}
	}

	private void back() {
		if (this.redis.found()) {
			logger.info("Redis is back for budgets");
		}
		if (!isDebtFree()) {
			takeOwed().forEach(this::tell);
		}
	}

	private synchronized boolean isDebtFree() {
		return this.owed.isEmpty();
	}

	boolean isAway() {
		return this.redis.isAway();
	}

	@Override
	public Level level(BudgetAccount account) {
		return this.local.level(account);
	}

	@Override
	public Map<Key, BudgetAccount> accounts() {
		return this.local.accounts();
	}

	@Override
	public void reset(Predicate<String> limits) {
		this.local.reset(limits);
		this.accounts.reset(limits);
	}

	/** How long an answer of Redis may take before it counts as away. */
	private static Duration patience() {
		return Duration.ofMillis(500);
	}

	/**
	 * A settlement that is to be sent.
	 *
	 * @param held whether the money is reserved in Redis
	 */
	private record Settlement(Reservation reservation, long micros, boolean held) {
	}

}
