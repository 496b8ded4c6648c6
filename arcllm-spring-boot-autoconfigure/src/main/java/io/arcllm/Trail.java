package io.arcllm;

import java.util.List;

/**
 * What happened during a call: its attempts in the order in which they ended, and the
 * targets that were passed over.
 */
public record Trail(List<Attempt> attempts) {

	/** Nothing happened yet. */
	public static final Trail EMPTY = new Trail(List.of());

	public Trail {
		attempts = List.copyOf(attempts);
	}

	/**
	 * How many requests went out.
	 */
	public int requests() {
		return (int) this.attempts.stream().filter((one) -> one.outcome() != Attempt.Outcome.SKIPPED).count();
	}

}
