package io.arcllm.test;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * Time that a test moves: breakers, buckets, budgets, caches and waits go by it together.
 * Between moves it passes as always, so nothing waits for ever; {@link #advance} lets a
 * minute pass at once. There is one time in a JVM: all instances that are open share it.
 * Safe for use by many threads.
 */
public final class ArcllmTime implements AutoCloseable {

	/** How far a new test is from the one before: breakers and limits have recovered. */
	private static final Duration BETWEEN_TESTS = Duration.ofDays(1);

	private final MovedScheduler scheduler;

	private boolean open = true;

	private ArcllmTime(MovedScheduler scheduler) {
		this.scheduler = scheduler;
	}

	/**
	 * Puts movable time in the place of Reactor's {@link Schedulers#parallel()}, until it
	 * is closed. Do so before providers are made.
	 */
	public static ArcllmTime install() {
		return new ArcllmTime(MovedScheduler.acquire());
	}

	/**
	 * Another instance of what is installed, or {@code null} where nothing is.
	 */
	static @Nullable ArcllmTime installed() {
		MovedScheduler shared = MovedScheduler.acquireIfThere();
		return (shared == null) ? null : new ArcllmTime(shared);
	}

	/**
	 * Lets so much time pass at once: what was to happen meanwhile happens on this
	 * thread, in its order, before this returns.
	 */
	public void advance(Duration time) {
		if (time.isNegative()) {
			throw new IllegalArgumentException("Time does not go back: " + time);
		}
		this.scheduler.advance(time);
	}

	/** How long until something is to happen; {@code null} where nothing is. */
	@Nullable Duration untilNext() {
		return this.scheduler.untilNext();
	}

	/** Another number after something new was planned. */
	long planned() {
		return this.scheduler.scheduled();
	}

	/** Lets a day pass, so that nothing of an earlier test is left waiting or open. */
	public void reset() {
		advance(BETWEEN_TESTS);
	}

	/** Gives Reactor its own schedulers back when the last instance is closed. */
	@Override
	public void close() {
		if (this.open) {
			this.open = false;
			MovedScheduler.release();
		}
	}

}
