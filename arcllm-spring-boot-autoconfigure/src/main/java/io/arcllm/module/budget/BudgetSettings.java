package io.arcllm.module.budget;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * How much money calls may cost.
 *
 * @param limits how much may be spent, and in which time
 * @param maxPerCall an amount for one call: retries, hops, hedges and recovery that would
 * exceed it are not made; unset for no such limit
 * @param reserve what is reserved for a call while it is under way: the expected cost, or
 * the worst case
 * @param unknownPrice what happens to models without a price: block refuses them, allow
 * counts them as 0
 * @param store where the levels are kept: memory or redis
 * @param onStoreFailure what happens while the store cannot be reached: closed, open or
 * local
 */
public record BudgetSettings(List<BudgetLimit> limits, @Nullable BigDecimal maxPerCall, Reserve reserve,
		UnknownPrice unknownPrice, Store store, OnStoreFailure onStoreFailure) {

	/**
	 * What is reserved for a call while it is under way.
	 */
	public enum Reserve {

		/** The expected cost, from the answers so far. */
		EXPECTED,

		/** The longest answer that the request allows. */
		WORST

	}

	/**
	 * What happens to models without a price.
	 */
	public enum UnknownPrice {

		/** They are not asked. */
		BLOCK,

		/** They count as 0. */
		ALLOW

	}

	/**
	 * Where levels are kept.
	 */
	public enum Store {

		/** In this process; a restart sets what is spent to 0. */
		MEMORY,

		/** In Redis, for all replicas of an application together. */
		REDIS

	}

	/**
	 * What happens while the store cannot be reached.
	 */
	public enum OnStoreFailure {

		/** No call goes through. */
		CLOSED,

		/** All calls go through, and are counted when it is back. */
		OPEN,

		/** Each replica keeps to the whole limit by itself. */
		LOCAL

	}

	public BudgetSettings {
		limits = (limits == null) ? List.of() : List.copyOf(limits);
		check(maxPerCall == null || BudgetLimit.isAmount(maxPerCall),
				"max-per-call must be between 0 and 1000000000000, was " + maxPerCall);
		Set<String> names = new HashSet<>();
		for (BudgetLimit limit : limits) {
			check(names.add(limit.name()), "limits has two with the name '" + limit.name()
					+ "': names must be unique, so give one of them another name");
			check(limit.currency().equals(limits.get(0).currency()), "limits has amounts in " + limits.get(0).currency()
					+ " and " + limit.currency() + ": use one currency, that of the prices");
		}
	}

	private static void check(boolean right, String message) {
		if (!right) {
			throw new IllegalArgumentException(message);
		}
	}

	/** The currency of amounts, and so of prices. */
	public String currency() {
		return this.limits.isEmpty() ? BudgetLimit.DEFAULT_CURRENCY : this.limits.get(0).currency();
	}

	/** Whether there is any limit. */
	public boolean limitsAnything() {
		return this.maxPerCall != null || !this.limits.isEmpty();
	}

}
