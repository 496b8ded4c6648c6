package io.arcllm.module;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/**
 * Watches one attempt for silence, and for the call's deadline. One timer an attempt: an
 * event only notes the time, and the timer looks again when it fires.
 */
final class Silence {

	/** A caller who is slow to take what is due keeps no timer busy. */
	private static final long SHORTEST_WATCH = Duration.ofMillis(1).toNanos();

	private final Call call;

	private final Target target;

	private final @Nullable AttemptLimits limits;

	private final Runnable onDue;

	private volatile TimeoutStage stage;

	private volatile long since;

	private volatile @Nullable Disposable timer;

	private volatile boolean stopped;

	/**
	 * @param onDue called on a timer thread when somebody should ask {@link #failure()}
	 */
	Silence(Call call, Target target, @Nullable AttemptLimits limits, boolean streaming, Runnable onDue) {
		this.call = call;
		this.target = target;
		this.limits = limits;
		this.stage = streaming ? TimeoutStage.FIRST_TOKEN : TimeoutStage.ATTEMPT;
		this.since = call.elapsedNanos();
		this.onDue = onDue;
	}

	/**
	 * Sets the timer to the next moment at which the attempt could have been silent for
	 * too long.
	 */
	void watch() {
		long wait = Math.min(untilSilent(), this.call.remainingNanos());
		if (wait == Long.MAX_VALUE || this.stopped) {
			return;
		}
		Disposable next = Schedulers.parallel()
			.schedule(this.onDue, Math.max(wait, SHORTEST_WATCH), TimeUnit.NANOSECONDS);
		Disposable previous = this.timer;
		this.timer = next;
		if (previous != null) {
			previous.dispose();
		}
		if (this.stopped) {
			next.dispose();
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
		Disposable timer = this.timer;
		if (timer != null) {
			timer.dispose();
		}
	}

	/**
	 * The failure to end the attempt with, if it has been silent for too long by now.
	 */
	@Nullable LlmException failure() {
		if (this.call.remainingNanos() <= 0) {
			return this.call.overdue(this.target);
		}
		return (this.limits == null || untilSilent() > 0) ? null
				: LlmException
					.of(ErrorKind.TIMEOUT,
							this.target + " was silent for " + this.limits.of(this.stage) + " (" + describe(this.stage)
									+ ")")
					.target(this.target)
					.stage(this.stage)
					.build();
	}

	private long untilSilent() {
		return (this.limits == null) ? Long.MAX_VALUE
				: this.since + this.limits.of(this.stage).toNanos() - this.call.elapsedNanos();
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
