package io.arcllm;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What happened during a call: its attempts in the order in which they ended, and the
 * targets that were passed over.
 *
 * @param attempts in the order in which they ended
 * @param asked the name of a model that the call was made with, such as {@code fast};
 * {@code null} where it named a target or nothing
 */
public record Trail(@AbsentIsEmpty List<Attempt> attempts, @Nullable String asked) {

	/** Nothing happened yet. */
	public static final Trail EMPTY = new Trail(List.of());

	public Trail {
		attempts = List.copyOf(attempts);
	}

	public Trail(List<Attempt> attempts) {
		this(attempts, null);
	}

	/**
	 * How many requests went out.
	 */
	public int requests() {
		return (int) this.attempts.stream().filter(Attempt::wasSent).count();
	}

	/**
	 * The last request that went out, if one did.
	 */
	public @Nullable Attempt last() {
		for (int i = this.attempts.size() - 1; i >= 0; i--) {
			if (this.attempts.get(i).wasSent()) {
				return this.attempts.get(i);
			}
		}
		return null;
	}

	/**
	 * Whether a request went out to that target.
	 */
	public boolean hasAsked(Target target) {
		return this.attempts.stream().anyMatch((one) -> one.wasSent() && one.target().equals(target));
	}

	/**
	 * What all attempts cost together, as far as that is known; {@code null} where
	 * nothing is, or where currencies differ.
	 */
	public @Nullable Cost cost() {
		Cost sum = null;
		for (Attempt attempt : this.attempts) {
			Cost cost = attempt.cost();
			if (cost != null && sum != null && !cost.currency().equals(sum.currency())) {
				return null;
			}
			if (cost != null) {
				sum = (sum == null) ? cost : new Cost(sum.amount().add(cost.amount()), sum.currency());
			}
		}
		return sum;
	}

}
