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

	/**
	 * A step that changes nothing but the context of what is inside.
	 */
	public static final class Within extends EventStep {

		private final Context context;

		/**
		 * @param context of what is inside
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
	 * A step that asks again or elsewhere, once, where what it wraps fails.
	 * <p>
	 * Invariants: {@code requested} is all that was ever asked for, and {@code produced}
	 * all that was passed on; a subscription is taken, and a request is counted, under
	 * the lock, so that each request reaches the subscription that there is, or is part
	 * of what the next one is asked for, and never both. What has no limit is not
	 * counted.
	 */
	public abstract static class Resuming extends EventStep {

		private volatile boolean unlimited;

		private long requested;

		private long produced;

		private boolean subscribed;

		private boolean resumed;

		/**
		 * @param actual the subscriber outside
		 */
		protected Resuming(CoreSubscriber<? super LlmEvent> actual) {
			super(actual);
		}

		/**
		 * What is asked after this failure; {@code null} to pass the failure on.
		 */
		protected abstract @Nullable Flux<LlmEvent> resume(LlmException failure);

		/** Whether what is asked now is what {@link #resume} gave. */
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
