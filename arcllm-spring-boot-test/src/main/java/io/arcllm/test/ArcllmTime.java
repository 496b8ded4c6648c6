package io.arcllm.test;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * Time that a test moves. Breakers, buckets, budgets, caches and waits use it together.
 * Between moves it passes as usual, so nothing waits for ever; {@link #advance} moves it
 * at once. There is one such time in a JVM, which all open instances share. Safe for use
 * by many threads.
 */
public final class ArcllmTime implements AutoCloseable {

	/** The time between two tests, after which breakers and limits have recovered. */
	private static final Duration BETWEEN_TESTS = Duration.ofDays(1);

	private final MovedScheduler scheduler;

	private boolean open = true;

	private ArcllmTime(MovedScheduler scheduler) {
		this.scheduler = scheduler;
	}

	/**
	 * Replaces Reactor's {@link Schedulers#parallel()} by movable time, until the
	 * instance is closed. Call it before providers are created.
	 */
	public static ArcllmTime install() {
		return new ArcllmTime(MovedScheduler.acquire());
	}

	/**
	 * Another instance of the installed time, or {@code null} if none is installed.
	 */
	static @Nullable ArcllmTime installed() {
		MovedScheduler shared = MovedScheduler.acquireIfThere();
		return (shared == null) ? null : new ArcllmTime(shared);
	}

	/**
	 * Moves time at once. Tasks that are due in that time run on this thread, in order,
	 * before this method returns.
	 */
	public void advance(Duration time) {
		if (time.isNegative()) {
			throw new IllegalArgumentException("Time does not go back: " + time);
		}
		this.scheduler.advance(time);
	}

	/** The time until the next task; {@code null} if there is none. */
	@Nullable Duration untilNext() {
		return this.scheduler.untilNext();
	}

	/** A number that changes with every new task. */
	long planned() {
		return this.scheduler.scheduled();
	}

	/**
	 * Moves time by a day, so that nothing of an earlier test is left waiting or open.
	 */
	public void reset() {
		advance(BETWEEN_TESTS);
	}

	/** Restores Reactor's own schedulers when the last instance is closed. */
	@Override
	public void close() {
		if (this.open) {
			this.open = false;
			MovedScheduler.release();
		}
	}

}
