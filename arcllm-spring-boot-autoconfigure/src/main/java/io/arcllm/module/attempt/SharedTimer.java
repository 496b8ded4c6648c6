package io.arcllm.module.attempt;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Rings at many moments with one timer, set to the next of them: an attempt that ends
 * before its time, as nearly all do, sets no timer and wakes no thread. Safe for use by
 * many threads. Time is that of {@link Schedulers#parallel()}.
 * <p>
 * Invariants: the timer is replaced under the lock, by an earlier one alone or when it
 * has rung; but for that moment there is a timer for the first of all alarms that wait.
 * An alarm runs once for each time that it is set: the thread that takes it out of
 * {@code waiting} runs it, and {@code stop} takes it out without running it.
 */
final class SharedTimer {

	private final Set<Alarm> waiting = ConcurrentHashMap.newKeySet();

	private volatile @Nullable Timer timer;

	/**
	 * An alarm that is not set yet.
	 * @param action what to do when it rings, on a thread of its own
	 */
	Alarm alarm(Runnable action) {
		return new Alarm(action);
	}

	private void setTimer(long moment) {
		Scheduler scheduler = Schedulers.parallel();
		Timer current = this.timer;
		if (current == null || current.scheduler != scheduler || current.moment > moment) {
			synchronized (this.waiting) {
				replaceTimer(scheduler, moment);
			}
		}
	}

	private void replaceTimer(Scheduler scheduler, long moment) {
		Timer current = this.timer;
		if (current != null && current.scheduler == scheduler && current.moment <= moment) {
			return;
		}
		if (current != null && current.task != null) {
			current.task.dispose();
		}
		Timer next = new Timer(scheduler, moment);
		this.timer = next;
		next.task = scheduler.schedule(() -> ring(next), moment - scheduler.now(TimeUnit.NANOSECONDS),
				TimeUnit.NANOSECONDS);
	}

	private void ring(Timer rung) {
		synchronized (this.waiting) {
			if (this.timer == rung) {
				this.timer = null;
			}
		}
		long now = rung.scheduler.now(TimeUnit.NANOSECONDS);
		long next = Long.MAX_VALUE;
		for (Alarm alarm : this.waiting) {
			if (alarm.moment > now) {
				next = Math.min(next, alarm.moment);
			}
			else if (this.waiting.remove(alarm)) {
				rung.scheduler.schedule(alarm.action);
			}
		}
		if (next != Long.MAX_VALUE) {
			setTimer(next);
		}
	}

	private static final class Timer {

		private final Scheduler scheduler;

		private final long moment;

		private @Nullable Disposable task;

		Timer(Scheduler scheduler, long moment) {
			this.scheduler = scheduler;
			this.moment = moment;
		}

	}

	/**
	 * Rings once for each time that it is set.
	 */
	final class Alarm {

		private final Runnable action;

		private volatile long moment;

		private Alarm(Runnable action) {
			this.action = action;
		}

		/**
		 * Sets it anew.
		 * @param moment in nanoseconds of {@link Schedulers#parallel()}
		 */
		void set(long moment) {
			this.moment = moment;
			SharedTimer.this.waiting.add(this);
			setTimer(moment);
		}

		void stop() {
			SharedTimer.this.waiting.remove(this);
		}

	}

}
