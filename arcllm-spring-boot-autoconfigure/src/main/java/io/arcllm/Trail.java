package io.arcllm;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * What happened during a call: its attempts in the order in which they ended, and the
 * targets that were passed over.
 *
 * @param attempts in the order in which they ended
 * @param asked the name of a model that the call was made with, such as {@code fast};
 * {@code null} where it named a target or nothing
 * @param redactions how many values redaction removed from the request and the answer, by
 * type
 */
public record Trail(@AbsentIsEmpty List<Attempt> attempts, @Nullable String asked,
		@AbsentIsEmpty Map<String, Integer> redactions) {

	/** Nothing happened yet. */
	public static final Trail EMPTY = new Trail(List.of());

	public Trail {
		attempts = List.copyOf(attempts);
		redactions = redactions.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(redactions));
	}

	/** A trail without redactions. */
	public Trail(List<Attempt> attempts, @Nullable String asked) {
		this(attempts, asked, Map.of());
	}

	public Trail(List<Attempt> attempts) {
		this(attempts, null);
	}

	/**
	 * How many requests were sent.
	 */
	public int requests() {
		return (int) this.attempts.stream().filter(Attempt::wasSent).count();
	}

	/**
	 * The last request that was sent, if any.
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
	 * Whether a request was sent to that target.
	 */
	public boolean hasAsked(Target target) {
		return this.attempts.stream().anyMatch((one) -> one.wasSent() && one.target().equals(target));
	}

	/**
	 * What all attempts cost together, as far as that is known; {@code null} if no cost
	 * is known, or if currencies differ.
	 */
	public @Nullable Cost cost() {
		Cost sum = null;
		for (int i = 0; i < this.attempts.size(); i++) {
			Cost cost = this.attempts.get(i).cost();
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
