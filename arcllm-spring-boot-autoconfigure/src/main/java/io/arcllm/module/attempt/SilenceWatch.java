package io.arcllm.module.attempt;

import java.time.Duration;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import io.arcllm.module.AttemptLimits;
import io.arcllm.module.Call;
import org.jspecify.annotations.Nullable;

/**
 * Watches one attempt for silence, and for the call's deadline. An event only stores the
 * time; the alarm checks it when it rings.
 * <p>
 * Invariants: until it is stopped, the alarm is set to no later than the first moment at
 * which the attempt could be silent for too long, so a check may come early but not late;
 * time without demand is no silence, because {@code since} starts again with the next
 * demand; the stage goes from {@code FIRST_TOKEN} to {@code IDLE} once.
 */
final class SilenceWatch extends SharedTimer.Alarm {

	/** Never re-arm sooner than this. */
	private static final long SHORTEST_WATCH = Duration.ofMillis(1).toNanos();

	private static final long NOT_DRY = -1;

	private final Call call;

	private final Target target;

	private final @Nullable AttemptLimits limits;

	private final AttemptGuard guard;

	private volatile TimeoutStage stage;

	private volatile long since;

	/** Since when there has been no demand, or NOT_DRY. */
	private volatile long dryFrom = NOT_DRY;

	/**
	 * @param guard checks for silence when the alarm rings
	 * @param listener knows the attempt
	 * @param timer rings
	 */
	SilenceWatch(AttemptGuard guard, AttemptListener listener, TimeoutStage stage, SharedTimer timer) {
		super(timer);
		this.guard = guard;
		this.call = listener.call();
		this.target = listener.target();
		this.limits = listener.scope().limits();
		this.stage = stage;
	}

	@Override
	void ring() {
		this.guard.checkSilence();
	}

	/**
	 * The attempt began, this many nanoseconds after the call.
	 */
	void begin(long elapsed) {
		this.since = elapsed;
		this.dryFrom = elapsed;
		watch(elapsed);
	}

	/**
	 * Sets the alarm to the next moment at which the attempt could have been silent for
	 * too long.
	 */
	void watch() {
		watch(this.call.elapsedNanos());
	}

	private void watch(long elapsed) {
		long wait = Math.min(Math.min(untilSilent(elapsed), untilUnread(elapsed)), this.call.remainingNanos(elapsed));
		if (wait != Long.MAX_VALUE) {
			set(this.call.moment(elapsed + Math.max(wait, SHORTEST_WATCH)));
		}
	}

	/**
	 * A piece of content has come.
	 */
	void content() {
		if (this.limits == null) {
			return;
		}
		this.since = this.call.elapsedNanos();
		if (this.stage == TimeoutStage.FIRST_TOKEN) {
			this.stage = TimeoutStage.IDLE;
			watch();
		}
	}

	/** There is no demand from now on. */
	void dry() {
		this.dryFrom = this.call.elapsedNanos();
		if (this.limits != null && isShort(this.limits.unread())) {
			watch();
		}
	}

	/**
	 * If this limit is longer than the others, the alarm rings often enough for these.
	 */
	private boolean isShort(Duration unread) {
		return !unread.isZero() && this.limits != null && unread.compareTo(this.limits.of(this.stage)) < 0;
	}

	/** There is demand again. */
	void asked() {
		this.dryFrom = NOT_DRY;
		excuse();
	}

	/** Whether there has been no demand for so long that the subscriber must be gone. */
	boolean isUnread() {
		return untilUnread(this.call.elapsedNanos()) <= 0;
	}

	private long untilUnread(long elapsed) {
		long from = this.dryFrom;
		return (this.limits == null || this.limits.unread().isZero() || from == NOT_DRY) ? Long.MAX_VALUE
				: from + this.limits.unread().toNanos() - elapsed;
	}

	/** The error of a call whose subscriber must be gone. */
	LlmException unread() {
		Duration unread = (this.limits == null) ? Duration.ZERO : this.limits.unread();
		return LlmException
			.of(ErrorKind.CANCELLED,
					"Nothing of the answer of " + this.target + " was asked for in " + unread + " (timeout.unread)")
			.target(this.target)
			.build();
	}

	/**
	 * There was no demand until now, which is no silence.
	 */
	void excuse() {
		if (this.limits != null) {
			this.since = this.call.elapsedNanos();
		}
	}

	/**
	 * The failure that ends the attempt, if it has been silent for too long.
	 */
	@Nullable LlmException failure() {
		if (this.call.remainingNanos() <= 0) {
			return this.call.overdue(this.target);
		}
		return (this.limits == null || untilSilent(this.call.elapsedNanos()) > 0) ? null
				: LlmException
					.of(ErrorKind.TIMEOUT,
							this.target + " was silent for " + this.limits.of(this.stage) + " (" + describe(this.stage)
									+ ")")
					.target(this.target)
					.stage(this.stage)
					.build();
	}

	private long untilSilent(long elapsed) {
		return (this.limits == null) ? Long.MAX_VALUE : this.since + this.limits.of(this.stage).toNanos() - elapsed;
	}

	private static String describe(TimeoutStage stage) {
		return switch (stage) {
			case CONNECT -> "connect";
			case FIRST_TOKEN -> "first-token";
			case IDLE -> "idle";
			case RATE -> "min-rate";
			case ATTEMPT -> "attempt";
		};
	}

}
