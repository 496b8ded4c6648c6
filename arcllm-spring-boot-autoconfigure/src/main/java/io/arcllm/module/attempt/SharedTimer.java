package io.arcllm.module.attempt;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import io.arcllm.module.ActiveSet;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Many alarms with one timer, which is set to the next of them. An attempt that ends in
 * time, as nearly all do, sets no timer and wakes no thread. Safe for use by many
 * threads. Time is that of {@link Schedulers#parallel()}.
 * <p>
 * Invariants: the timer is replaced under the lock, only by an earlier one or after it
 * has rung; at every other moment there is a timer for the first of all waiting alarms.
 * An alarm rings once for each time that it is set: the thread that sets its moment to
 * {@code NEVER} makes it ring. It is in {@code set} from the first time that it is set
 * until it is stopped, and never rings after that.
 */
final class SharedTimer {

	private final ActiveSet<Alarm> set = new ActiveSet<>();

	private final Object lock = new Object();

	private volatile @Nullable Timer timer;

	private void setTimer(long moment) {
		Scheduler scheduler = Schedulers.parallel();
		Timer current = this.timer;
		if (current == null || current.scheduler != scheduler || current.moment > moment) {
			synchronized (this.lock) {
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
		synchronized (this.lock) {
			if (this.timer == rung) {
				this.timer = null;
			}
		}
		long now = rung.scheduler.now(TimeUnit.NANOSECONDS);
		long[] next = { Alarm.NEVER };
		this.set.forEach((alarm) -> {
			long moment = alarm.moment;
			if (moment > now) {
				next[0] = Math.min(next[0], moment);
			}
			else if (Alarm.MOMENT.compareAndSet(alarm, moment, Alarm.NEVER)) {
				rung.scheduler.schedule(alarm::ring);
			}
			else {
				next[0] = Math.min(next[0], alarm.moment);
			}
		});
		if (next[0] != Alarm.NEVER) {
			setTimer(next[0]);
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
	 * Rings once for each time that it is set, on a thread of its own.
	 */
	abstract static class Alarm {

		private static final AtomicLongFieldUpdater<Alarm> MOMENT = AtomicLongFieldUpdater.newUpdater(Alarm.class,
				"moment");

		private static final AtomicIntegerFieldUpdater<Alarm> PLACE = AtomicIntegerFieldUpdater.newUpdater(Alarm.class,
				"place");

		private static final long NEVER = Long.MAX_VALUE;

		private static final int NOT_SET = -2;

		private static final int ENTERING = -3;

		private static final int STOPPED = -4;

		private final SharedTimer timer;

		private volatile long moment = NEVER;

		/** Its slot among all alarms, or one of the constants. */
		private volatile int place = NOT_SET;

		/**
		 * An alarm that is not set yet.
		 */
		Alarm(SharedTimer timer) {
			this.timer = timer;
		}

		/** Called when the alarm rings. */
		abstract void ring();

		/**
		 * Sets the alarm again, unless it was stopped.
		 * @param moment in nanoseconds of {@link Schedulers#parallel()}
		 */
		final void set(long moment) {
			this.moment = moment;
			if (this.place == NOT_SET && PLACE.compareAndSet(this, NOT_SET, ENTERING)) {
				enter();
			}
			if (this.place != STOPPED) {
				this.timer.setTimer(moment);
			}
		}

		private void enter() {
			int slot = this.timer.set.add(this);
			if (!PLACE.compareAndSet(this, ENTERING, slot)) {
				this.timer.set.remove(this, slot);
			}
		}

		/** Stops the alarm for good. */
		void stop() {
			int before = PLACE.getAndSet(this, STOPPED);
			if (before > NOT_SET) {
				this.timer.set.remove(this, before);
			}
		}

	}

}
