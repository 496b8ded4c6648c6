package io.arcllm.module;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Function;

import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One step between a subscriber and an inner provider, which passes everything on. A
 * subclass changes one thing. One step replaces several operators, each of which would
 * cost a method call for every delta.
 * <p>
 * Invariants: {@code upstream} is {@code null} until {@link #connect}, then the
 * subscription, and after {@link #cancel} always a cancelled one. What is requested
 * before there is an upstream is kept in {@code missed}, and passed on exactly once: each
 * side writes its own field first and reads the other's afterwards, and {@code
 * getAndSet(0)} decides which of the two requests it.
 */
public abstract class EventStep implements CoreSubscriber<LlmEvent>, Subscription {

	private static final AtomicReferenceFieldUpdater<EventStep, @Nullable Subscription> UPSTREAM = AtomicReferenceFieldUpdater
		.newUpdater(EventStep.class, Subscription.class, "upstream");

	private static final AtomicLongFieldUpdater<EventStep> MISSED = AtomicLongFieldUpdater.newUpdater(EventStep.class,
			"missed");

	/** The outer subscriber. */
	protected final CoreSubscriber<? super LlmEvent> actual;

	private volatile @Nullable Subscription upstream;

	private volatile long missed;

	/**
	 * @param actual the outer subscriber
	 */
	protected EventStep(CoreSubscriber<? super LlmEvent> actual) {
		this.actual = actual;
	}

	/**
	 * The same answer with its own step for each subscription.
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
	 * An answer that is made for each subscriber, from its context. It does what
	 * {@link Flux#deferContextual} does, in fewer steps, because every call goes through
	 * several of them.
	 * @param supplier called once for each subscription; what it throws fails the
	 * subscription
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
	 * Takes the inner subscription, and requests from it what was requested before.
	 * @return false if this step was cancelled or has a subscription already; the new one
	 * is then cancelled
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

	/** Whether there is an inner subscription, or this step was cancelled. */
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

	/**
	 * A step that changes only the context of the inner provider.
	 */
	public static final class Within extends EventStep {

		private final Context context;

		/**
		 * @param context the inner context
		 */
		public Within(CoreSubscriber<? super LlmEvent> actual, Context context) {
			super(actual);
			this.context = context;
		}

		@Override
		public Context currentContext() {
			return this.context;
		}

	}

	/**
	 * A step that makes one more request when the first one fails, to the same or another
	 * target.
	 * <p>
	 * Invariants: {@code requested} is everything that was ever requested, and {@code
	 * produced} everything that was passed on. A subscription is taken, and a request is
	 * counted, under the lock. So each request either reaches the present subscription or
	 * is part of what the next one is asked for, never both. Unbounded demand is not
	 * counted.
	 */
	public abstract static class Resuming extends EventStep {

		private volatile boolean unlimited;

		private long requested;

		private long produced;

		private boolean subscribed;

		private boolean resumed;

		/**
		 * @param actual the outer subscriber
		 */
		protected Resuming(CoreSubscriber<? super LlmEvent> actual) {
			super(actual);
		}

		/**
		 * The answer to continue with after this failure; {@code null} to pass the
		 * failure on.
		 */
		protected abstract @Nullable Flux<LlmEvent> resume(LlmException failure);

		/** Whether the present answer is the one that {@link #resume} returned. */
		protected final boolean isResumed() {
			return this.resumed;
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			boolean attached;
			long missed;
			synchronized (this) {
				attached = UPSTREAM.compareAndSet(this, null, subscription);
				missed = this.requested - this.produced;
			}
			if (!attached) {
				subscription.cancel();
			}
			else if (!this.subscribed) {
				this.subscribed = true;
				this.actual.onSubscribe(this);
			}
			else if (this.unlimited || missed > 0) {
				subscription.request(this.unlimited ? Long.MAX_VALUE : missed);
			}
		}

		@Override
		public void onNext(LlmEvent event) {
			this.produced++;
			this.actual.onNext(event);
		}

		@Override
		public void onError(Throwable failure) {
			Flux<LlmEvent> next = null;
			if (!this.resumed && failure instanceof LlmException known) {
				try {
					next = resume(known);
				}
				catch (Throwable ex) {
					this.actual.onError(Exceptions.addSuppressed(ex, failure));
					return;
				}
			}
			Subscription before = ((EventStep) this).upstream;
			if (next == null) {
				this.actual.onError(failure);
			}
			else if (before != Operators.cancelledSubscription() && UPSTREAM.compareAndSet(this, before, null)) {
				this.resumed = true;
				next.subscribe(this);
			}
		}

		@Override
		public void request(long n) {
			Subscription upstream;
			if (n == Long.MAX_VALUE) {
				this.unlimited = true;
				upstream = ((EventStep) this).upstream;
			}
			else if (Operators.validate(n)) {
				synchronized (this) {
					this.requested = Operators.addCap(this.requested, n);
					upstream = ((EventStep) this).upstream;
				}
			}
			else {
				return;
			}
			if (upstream != null) {
				upstream.request(n);
			}
		}

	}

}
