package io.arcllm;

import java.util.Queue;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;

/**
 * A queue whose events are emitted as the subscriber requests them: the drain loop of
 * adapters and modules.
 * <p>
 * Invariants:
 * <ul>
 * <li>{@code draining} counts the calls of {@link #drain} that no step has seen yet. The
 * call that raises it from 0 runs the loop. All others only count, and the loop runs
 * again for them. So two threads never run the step at once, and a step after a call of
 * {@code drain} sees what was changed before that call.
 * <li>One thread at a time adds: the producer's, or the step's if the producer has ended
 * or the step is the only producer. Only the step removes.
 * <li>The subscriber raises the demand, and only the step lowers it, after it emitted: no
 * more is emitted than was requested.
 * <li>The end is signalled once; nothing is emitted after it, or after {@link #cancel}.
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
	 * @param step run by the loop: {@link #emit emits}, requests more, signals the
	 * {@link #end end}
	 */
	public EventQueue(Subscriber<? super LlmEvent> actual, Runnable step) {
		this.actual = actual;
		this.step = step;
	}

	/** Adds an event at the end; {@link #drain} passes it on. */
	public void add(LlmEvent event) {
		this.events.add(event);
	}

	/** Drops all waiting events. */
	public void clear() {
		this.events.clear();
	}

	/** Whether no event waits. */
	public boolean isEmpty() {
		return this.events.isEmpty();
	}

	/**
	 * The subscriber requests more events.
	 * @param n how many more
	 */
	public void request(long n) {
		if (Operators.validate(n)) {
			DEMAND.accumulateAndGet(this, n, Operators::addCap);
			drain();
		}
	}

	/** How many requested events were not emitted yet. */
	public long demand() {
		return this.demand;
	}

	/** The subscriber cancels. */
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
	 * Emits waiting events as far as they are requested. Called by the step only.
	 * @return whether no event is left and there is demand for more
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
	 * Signals the end. Called by the step only.
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
