package io.arcllm.module;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Function;

import io.arcllm.LlmEvent;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One step between a subscriber and what it wraps: passes everything on. A subclass
 * changes one thing; it stands for several operators, each of which costs every delta a
 * call.
 * <p>
 * Invariants: {@code upstream} is {@code null} until {@link #connect}, then the
 * subscription, and a cancelled one for ever after {@link #cancel}. What is requested
 * before there is an upstream is kept in {@code missed}, and passed on exactly once: each
 * side writes its own field first and reads the other's afterwards, and
 * {@code getAndSet(0)} decides which of the two requests it.
 */
public abstract class EventStep implements CoreSubscriber<LlmEvent>, Subscription {

	private static final AtomicReferenceFieldUpdater<EventStep, @Nullable Subscription> UPSTREAM = AtomicReferenceFieldUpdater
		.newUpdater(EventStep.class, Subscription.class, "upstream");

	private static final AtomicLongFieldUpdater<EventStep> MISSED = AtomicLongFieldUpdater.newUpdater(EventStep.class,
			"missed");

	/** The subscriber outside. */
	protected final CoreSubscriber<? super LlmEvent> actual;

	private volatile @Nullable Subscription upstream;

	private volatile long missed;

	/**
	 * @param actual the subscriber outside
	 */
	protected EventStep(CoreSubscriber<? super LlmEvent> actual) {
		this.actual = actual;
	}

	/**
	 * The same answer with a step of its own for each subscription.
	 */
	public static Flux<LlmEvent> around(Flux<LlmEvent> answer,
			Function<CoreSubscriber<? super LlmEvent>, EventStep> step) {
		return new Flux<>() {

			@Override
			public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
				answer.subscribe(step.apply(actual));
			}

		};
	}

	/**
	 * An answer that is made anew for each subscriber, in whose context. What
	 * {@link Flux#deferContextual} does, in one step: every call goes through several of
	 * them.
	 * @param supplier asked once a subscription; what it throws fails that
	 */
	public static Flux<LlmEvent> defer(Function<Context, Flux<LlmEvent>> supplier) {
		return new Flux<>() {

			@Override
			public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
				Flux<LlmEvent> answer;
				try {
					answer = supplier.apply(actual.currentContext());
				}
				catch (Throwable ex) {
					Operators.error(actual, ex);
					return;
				}
				answer.subscribe(actual);
			}

		};
	}

	@Override
	public Context currentContext() {
		return this.actual.currentContext();
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		if (connect(subscription)) {
			this.actual.onSubscribe(this);
		}
	}

	/**
	 * Takes the subscription of what is inside, and requests from it what was missed.
	 * @return false if this step was cancelled, or has one: the subscription is then
	 * cancelled
	 */
	protected final boolean connect(Subscription subscription) {
		if (!UPSTREAM.compareAndSet(this, null, subscription)) {
			subscription.cancel();
			return false;
		}
		requestMissed(subscription);
		return true;
	}

	private void requestMissed(Subscription subscription) {
		if (this.missed != 0) {
			long missed = MISSED.getAndSet(this, 0);
			if (missed != 0) {
				subscription.request(missed);
			}
		}
	}

	/** Whether what is inside has given a subscription, or this step was cancelled. */
	protected final boolean isConnected() {
		return this.upstream != null;
	}

	@Override
	public void onNext(LlmEvent event) {
		this.actual.onNext(event);
	}

	@Override
	public void onError(Throwable failure) {
		this.actual.onError(failure);
	}

	@Override
	public void onComplete() {
		this.actual.onComplete();
	}

	@Override
	public void request(long n) {
		Subscription upstream = this.upstream;
		if (upstream != null) {
			upstream.request(n);
		}
		else if (Operators.validate(n)) {
			MISSED.accumulateAndGet(this, n, Operators::addCap);
			upstream = this.upstream;
			if (upstream != null) {
				requestMissed(upstream);
			}
		}
	}

	@Override
	public void cancel() {
		Operators.terminate(UPSTREAM, this);
	}

}
