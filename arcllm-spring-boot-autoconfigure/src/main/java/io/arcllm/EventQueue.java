package io.arcllm;

import java.util.Queue;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;

/**
 * Events that wait until their subscriber asks for them: the one drain loop, for adapters
 * and modules.
 * <p>
 * Invariants:
 * <ul>
 * <li>{@code draining} counts the calls of {@link #drain} that no step has seen yet. The
 * one that raises it from 0 runs the loop; all others only count, and the loop runs once
 * more for them. So the step is never run by two threads at once, and what was changed
 * before a call of {@code drain} is seen by a step after it.
 * <li>One thread at a time adds: the producer's, or the step's once the producer has
 * ended or where there is none but the step. Only the step removes.
 * <li>Demand is raised by the subscriber and lowered by the step alone, after it emitted:
 * never more is emitted than was requested.
 * <li>The end is told once; nothing is emitted after it, or after {@link #cancel}.
 * </ul>
 */
public final class EventQueue {

	private static final AtomicIntegerFieldUpdater<EventQueue> DRAINING = AtomicIntegerFieldUpdater
		.newUpdater(EventQueue.class, "draining");

	private static final AtomicLongFieldUpdater<EventQueue> DEMAND = AtomicLongFieldUpdater.newUpdater(EventQueue.class,
			"demand");

	private final Subscriber<? super LlmEvent> actual;

	private final Runnable step;

	private final Queue<LlmEvent> events = Queues.<LlmEvent>unbounded(16).get();

	private volatile int draining;

	private volatile long demand;

	private volatile boolean cancelled;

	private boolean ended;

	/**
	 * @param actual the subscriber
	 * @param step run by the loop: {@link #emit emits}, asks for more, tells the
	 * {@link #end end}
	 */
	public EventQueue(Subscriber<? super LlmEvent> actual, Runnable step) {
		this.actual = actual;
		this.step = step;
	}

	/** Puts an event at the end; {@link #drain} passes it on. */
	public void add(LlmEvent event) {
		this.events.add(event);
	}

	/** Drops all that waits. */
	public void clear() {
		this.events.clear();
	}

	/** Whether nothing waits. */
	public boolean isEmpty() {
		return this.events.isEmpty();
	}

	/**
	 * The subscriber asks for more events.
	 * @param n how many more
	 */
	public void request(long n) {
		if (Operators.validate(n)) {
			DEMAND.accumulateAndGet(this, n, Operators::addCap);
			drain();
		}
	}

	/** How many events are asked for that were not emitted. */
	public long demand() {
		return this.demand;
	}

	/** The subscriber wants nothing more. */
	public void cancel() {
		this.cancelled = true;
	}

	public boolean isCancelled() {
		return this.cancelled;
	}

	/** Runs the step now, or has the running loop run it again. */
	public void drain() {
		if (DRAINING.getAndIncrement(this) != 0) {
			return;
		}
		int seen = 1;
		do {
			if (!this.cancelled && !this.ended) {
				this.step.run();
			}
			seen = DRAINING.addAndGet(this, -seen);
		}
		while (seen != 0);
	}

	/**
	 * Emits what waits, as far as it is asked for. For the step alone.
	 * @return whether nothing is left, and more would be taken
	 */
	public boolean emit() {
		long demand = this.demand;
		long emitted = 0;
		while (emitted < demand && !this.cancelled && !this.events.isEmpty()) {
			this.actual.onNext(this.events.remove());
			emitted++;
		}
		if (emitted > 0 && demand != Long.MAX_VALUE) {
			DEMAND.addAndGet(this, -emitted);
		}
		return this.events.isEmpty() && !this.cancelled;
	}

	/**
	 * Tells the end. For the step alone.
	 * @param failure what went wrong, if anything did
	 */
	public void end(@Nullable Throwable failure) {
		if (this.ended) {
			return;
		}
		this.ended = true;
		if (failure != null) {
			this.actual.onError(failure);
		}
		else {
			this.actual.onComplete();
		}
	}

}
