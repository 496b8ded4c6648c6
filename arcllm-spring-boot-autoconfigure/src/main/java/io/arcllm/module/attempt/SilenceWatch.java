package io.arcllm.module.attempt;

import java.time.Duration;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import io.arcllm.module.Call;
import io.arcllm.module.AttemptLimits;
import org.jspecify.annotations.Nullable;

/**
 * Watches one attempt for silence, and for the call's deadline. An event only notes the
 * time, and the alarm looks again when it rings.
 */
final class SilenceWatch {

	/** A caller who is slow to take what is due keeps no timer busy. */
	private static final long SHORTEST_WATCH = Duration.ofMillis(1).toNanos();

	private final Call call;

	private final Target target;

	private final @Nullable AttemptLimits limits;

	private final SharedTimer.Alarm alarm;

	private volatile TimeoutStage stage;

	private volatile long since;

	private volatile boolean stopped;

	/**
	 * @param alarm rings when somebody should ask {@link #failure()}
	 */
	SilenceWatch(Call call, Target target, @Nullable AttemptLimits limits, TimeoutStage stage,
			SharedTimer.Alarm alarm) {
		this.call = call;
		this.target = target;
		this.limits = limits;
		this.stage = stage;
		this.alarm = alarm;
	}

	/**
	 * The attempt began, so long after the call.
	 */
	void begin(long elapsed) {
		this.since = elapsed;
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
		long wait = Math.min(untilSilent(elapsed), this.call.remainingNanos(elapsed));
		if (wait == Long.MAX_VALUE || this.stopped) {
			return;
		}
		this.alarm.set(this.call.moment(elapsed + Math.max(wait, SHORTEST_WATCH)));
		if (this.stopped) {
			this.alarm.stop();
		}
	}

	/**
	 * A piece of content has come.
	 */
	void content() {
		this.since = this.call.elapsedNanos();
		if (this.stage == TimeoutStage.FIRST_TOKEN) {
			this.stage = TimeoutStage.IDLE;
			watch();
		}
	}

	/**
	 * Nobody was asked for anything until now: that is no silence.
	 */
	void excuse() {
		this.since = this.call.elapsedNanos();
	}

	void stop() {
		this.stopped = true;
		this.alarm.stop();
	}

	/**
	 * The failure to end the attempt with, if it has been silent for too long by now.
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
			case ATTEMPT -> "attempt";
		};
	}

}
