package io.arcllm;

import java.util.List;

import org.jspecify.annotations.Nullable;

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

	/**
	 * The last request that went out, if one did.
	 */
	public @Nullable Attempt last() {
		for (int i = this.attempts.size() - 1; i >= 0; i--) {
			if (this.attempts.get(i).outcome() != Attempt.Outcome.SKIPPED) {
				return this.attempts.get(i);
			}
		}
		return null;
	}

	/**
	 * Whether a request went out to that target.
	 */
	public boolean hasAsked(Target target) {
		return this.attempts.stream()
			.anyMatch((one) -> one.outcome() != Attempt.Outcome.SKIPPED && one.target().equals(target));
	}

}
