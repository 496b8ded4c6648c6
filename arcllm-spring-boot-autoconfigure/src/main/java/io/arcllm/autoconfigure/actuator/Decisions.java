package io.arcllm.autoconfigure.actuator;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.Target;
import io.arcllm.Trail;
import io.arcllm.autoconfigure.config.Text;
import io.arcllm.module.CallListener;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last hundred decisions, for the actuator. Safe for use by many threads.
 */
public final class Decisions implements CallListener {

	static final int MOST_KEPT = 100;

	private final Clock clock;

	private final Deque<Decision> kept = new ArrayDeque<>(MOST_KEPT);

	public Decisions(Clock clock) {
		this.clock = clock;
	}

	@Override
	public void ended(Attempt attempt, Trail before) {
		Attempt last = before.last();
		if (attempt.outcome() == Attempt.Outcome.SKIPPED) {
			add(Decision.Type.SKIP, attempt.target(), attempt.error(), attempt.reason());
		}
		else if (last != null && attempt.wasSent()) {
			add(attempt, before, last);
		}
	}

	private void add(Attempt attempt, Trail before, Attempt last) {
		String result = ": " + Text.dashed(attempt.outcome());
		if (attempt.cause() == Attempt.Cause.HEDGE) {
			add(Decision.Type.HEDGE, attempt.target(), null, "asked beside a target that was silent" + result);
		}
		else if (attempt.cause() == Attempt.Cause.RECOVERY) {
			add(Decision.Type.RECOVERY, attempt.target(), last.error(),
					"asked to go on after " + last.target() + result);
		}
		else if (before.hasAsked(attempt.target())) {
			String wait = attempt.waited().isZero() ? "" : " and a wait of " + attempt.waited().toMillis() + " ms";
			add(Decision.Type.RETRY, attempt.target(), last.error(),
					"asked again" + how(attempt.cause()) + " after " + last.target() + wait + result);
		}
		else {
			add(Decision.Type.FALLBACK, attempt.target(), last.error(), "asked instead of " + last.target() + result);
		}
	}

	private static String how(Attempt.Cause cause) {
		return switch (cause) {
			case OTHER_KEY -> " with another key";
			case WITHOUT_PARAMETERS -> " without a parameter that it refused";
			default -> "";
		};
	}

	/** Notes a decision, and forgets the oldest one. */
	synchronized void add(Decision.Type type, Target target, @Nullable ErrorKind error, String detail) {
		if (this.kept.size() == MOST_KEPT) {
			this.kept.removeFirst();
		}
		this.kept.addLast(new Decision(this.clock.instant(), type, target.toString(), error, detail));
	}

	/** The newest first. */
	public synchronized List<Decision> recent() {
		List<Decision> recent = new ArrayList<>(this.kept);
		Collections.reverse(recent);
		return recent;
	}

	/**
	 * A decision for a call or a target. It contains nothing of requests and answers.
	 *
	 * @param at the time of the decision
	 * @param type what was decided
	 * @param target the target that it is about
	 * @param error the kind of error that led to it, or {@code null}
	 * @param detail a few words
	 */
	public record Decision(Instant at, Type type, String target, @Nullable ErrorKind error, String detail) {

		/**
		 * What was decided.
		 */
		public enum Type {

			/** A target was asked again. */
			RETRY,

			/** Another target was asked instead. */
			FALLBACK,

			/** Another target was asked in addition to a silent one. */
			HEDGE,

			/** A target was asked to recover an answer that had broken off. */
			RECOVERY,

			/** A target was passed over. */
			SKIP,

			/** A breaker changed its state. */
			BREAKER,

			/** A target was paused. */
			PAUSE,

			/** Something was changed by hand. */
			MANUAL

		}

	}

}
