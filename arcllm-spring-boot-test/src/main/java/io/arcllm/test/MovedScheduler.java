package io.arcllm.test;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A scheduler whose clock is the real one plus what tests added to it. Delayed tasks run
 * when their real time has come, on a thread of the underlying scheduler, or within
 * {@link #advance}, on the thread of the test, whichever is first. Each task runs once:
 * the thread that removes it from the queue runs it.
 */
final class MovedScheduler implements Scheduler {

	private static @Nullable MovedScheduler current;

	private static Schedulers.@Nullable Snapshot before;

	private static int users;

	private final Scheduler real;

	private final AtomicLong moved = new AtomicLong();

	private final Queue<Task> tasks = new PriorityQueue<>(
			Comparator.comparingLong(Task::due).thenComparingLong(Task::number));

	private long numbers;

	private MovedScheduler(Scheduler real) {
		this.real = real;
	}

	static synchronized MovedScheduler acquire() {
		if (current == null) {
			before = Schedulers.setFactoryWithSnapshot(new Schedulers.Factory() {

				@Override
				public Scheduler newParallel(int parallelism, ThreadFactory threads) {
					return moved(Schedulers.Factory.super.newParallel(parallelism, threads));
				}

			});
			Schedulers.parallel().now(TimeUnit.NANOSECONDS);
		}
		users++;
		MovedScheduler made = current;
		if (made == null) {
			throw new IllegalStateException("Reactor made no parallel scheduler");
		}
		return made;
	}

	static synchronized @Nullable MovedScheduler acquireIfThere() {
		return (current == null) ? null : acquire();
	}

	private static MovedScheduler moved(Scheduler real) {
		MovedScheduler made = new MovedScheduler(real);
		current = made;
		return made;
	}

	static synchronized void release() {
		if (--users == 0) {
			current = null;
			Schedulers.resetFrom(before);
		}
	}

	@Override
	public long now(TimeUnit unit) {
		long real = (unit.compareTo(TimeUnit.MILLISECONDS) < 0) ? this.real.now(TimeUnit.NANOSECONDS)
				: TimeUnit.MILLISECONDS.toNanos(this.real.now(TimeUnit.MILLISECONDS));
		return unit.convert(real + this.moved.get(), TimeUnit.NANOSECONDS);
	}

	private long nanos() {
		return this.real.now(TimeUnit.NANOSECONDS) + this.moved.get();
	}

	/** The time until the next delayed task; {@code null} if there is none. */
	synchronized @Nullable Duration untilNext() {
		Task first = this.tasks.peek();
		return (first == null) ? null : Duration.ofNanos(Math.max(0, first.due() - nanos()));
	}

	/** A number that changes with every delayed task. */
	synchronized long scheduled() {
		return this.numbers;
	}

	void advance(Duration time) {
		long target = nanos() + time.toNanos();
		for (Task task = due(target); task != null; task = due(target)) {
			this.moved.addAndGet(Math.max(0, task.due() - nanos()));
			task.run();
		}
		this.moved.addAndGet(Math.max(0, target - nanos()));
	}

	private synchronized @Nullable Task due(long until) {
		Task first = this.tasks.peek();
		return (first == null || first.due() > until) ? null : this.tasks.poll();
	}

	private void runDue() {
		for (Task task = due(nanos()); task != null; task = due(nanos())) {
			task.run();
		}
	}

	private synchronized void remove(Task task) {
		this.tasks.remove(task);
	}

	@Override
	public Disposable schedule(Runnable task) {
		return this.real.schedule(task);
	}

	@Override
	public Disposable schedule(Runnable work, long delay, TimeUnit unit) {
		Task task = new Task(work, nanos() + unit.toNanos(Math.max(0, delay)), number(), this);
		synchronized (this) {
			this.tasks.add(task);
		}
		Disposable timer = this.real.schedule(this::runDue, delay, unit);
		return Disposables.composite(task, timer);
	}

	private synchronized long number() {
		return this.numbers++;
	}

	@Override
	public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
		Disposable.Swap next = Disposables.swap();
		next.update(schedule(() -> {
			task.run();
			if (!next.isDisposed()) {
				next.update(schedulePeriodically(task, period, period, unit));
			}
		}, initialDelay, unit));
		return next;
	}

	@Override
	public Worker createWorker() {
		return new MovedWorker(this.real.createWorker());
	}

	@Override
	public void dispose() {
		this.real.dispose();
	}

	@Override
	public boolean isDisposed() {
		return this.real.isDisposed();
	}

	/** A delayed task; running it again, or after it was disposed, has no effect. */
	private record Task(Runnable work, long due, long number, MovedScheduler scheduler) implements Disposable {

		void run() {
			this.work.run();
		}

		@Override
		public void dispose() {
			this.scheduler.remove(this);
		}

		@Override
		public boolean equals(Object other) {
			return this == other;
		}

		@Override
		public int hashCode() {
			return Long.hashCode(this.number);
		}

	}

	private final class MovedWorker implements Worker {

		private final Worker worker;

		private final Disposable.Composite delayed = Disposables.composite();

		MovedWorker(Worker worker) {
			this.worker = worker;
		}

		@Override
		public Disposable schedule(Runnable task) {
			return this.worker.schedule(task);
		}

		@Override
		public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
			Disposable scheduled = MovedScheduler.this.schedule(task, delay, unit);
			this.delayed.add(scheduled);
			return scheduled;
		}

		@Override
		public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
			Disposable scheduled = MovedScheduler.this.schedulePeriodically(task, initialDelay, period, unit);
			this.delayed.add(scheduled);
			return scheduled;
		}

		@Override
		public void dispose() {
			this.delayed.dispose();
			this.worker.dispose();
		}

		@Override
		public boolean isDisposed() {
			return this.worker.isDisposed();
		}

	}

}
