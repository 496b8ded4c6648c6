package io.arcllm.module.ratelimit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Priority;
import io.arcllm.Usage;
import io.arcllm.VendorLimits;
import io.arcllm.WireListener;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import io.arcllm.module.ForwardingListener;
import io.arcllm.module.GatedCall;
import io.arcllm.module.Scope;
import io.arcllm.module.WaitingQueue;
import io.arcllm.module.ratelimit.WaitingLine.Ticket;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/**
 * A gate: lets calls through at the rate of a limit, and refuses those that would wait
 * too long.
 */
public final class RateLimitModule extends BaseModule {

	private final RateLimiter limiter;

	/**
	 * @param inner what this module wraps
	 * @param limiter shared by all stacks of the same target
	 */
	public RateLimitModule(LlmProvider inner, RateLimiter limiter) {
		super(inner);
		this.limiter = limiter;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return GatedCall.flux((actual) -> new RateLimitCall(actual, this.inner, request, this.limiter.of(request)));
	}

	/**
	 * One call at a rate limit.
	 * <p>
	 * Invariants of the reservation: it starts as {@code HELD} at the gate and leaves
	 * that state once: to {@code REFUNDED} if the call ends before anything was sent, or
	 * to {@code SENT}, after which it is settled with the real usage. A refunded request
	 * that is sent after all is charged again.
	 */
	static final class RateLimitCall extends GatedCall implements ForwardingListener {

		private static final AtomicIntegerFieldUpdater<RateLimitCall> RESERVATION = AtomicIntegerFieldUpdater
			.newUpdater(RateLimitCall.class, "reservation");

		private static final int HELD = 0;

		private static final int REFUNDED = 1;

		private static final int SENT = 2;

		private final RateLimiter limiter;

		private final long tokens;

		private final Priority priority;

		private final Context context;

		private final @Nullable WireListener outer;

		private volatile @Nullable Turn turn;

		private volatile int reservation;

		RateLimitCall(CoreSubscriber<? super LlmEvent> actual, LlmProvider inner, LlmRequest request,
				RateLimiter limiter) {
			super(actual, inner, request);
			this.limiter = limiter;
			this.tokens = limiter.estimate(request);
			this.priority = WaitingQueue.priority(request);
			this.outer = WireListener.of(actual.currentContext());
			this.context = actual.currentContext().put(WireListener.class, this);
		}

		@Override
		public Context currentContext() {
			return this.context;
		}

		@Override
		public @Nullable WireListener outer() {
			return this.outer;
		}

		/**
		 * Takes again what was returned because the caller cancelled while an inner gate
		 * was opening.
		 */
		@Override
		public void sending() {
			if (RESERVATION.getAndSet(this, SENT) == REFUNDED) {
				this.limiter.charge(this.tokens);
			}
			ForwardingListener.super.sending();
		}

		@Override
		public void remaining(VendorLimits limits) {
			this.limiter.observe(limits);
		}

		@Override
		public boolean wantsLimits() {
			return true;
		}

		@Override
		protected void enter() {
			if (this.limiter.line().pass(this.tokens)) {
				begin();
				return;
			}
			Turn turn = new Turn(call());
			this.turn = turn;
			turn.enter();
			if (isOver()) {
				withdrawn();
			}
		}

		private void begin() {
			if (!open()) {
				this.limiter.refund(this.tokens);
			}
		}

		@Override
		protected void withdrawn() {
			Turn turn = this.turn;
			if (turn != null) {
				turn.timer.dispose();
				this.limiter.line().withdraw(turn);
			}
		}

		@Override
		protected void succeeded(LlmResponse answer) {
			this.limiter.settle(this.tokens, answer.usage());
		}

		@Override
		protected void failed(Throwable failure) {
			LlmException known = (failure instanceof LlmException llmException) ? llmException : null;
			if (known != null && !known.wasSent()) {
				this.limiter.refund(this.tokens);
			}
			else if (!refundUnsent() && known != null && known.partial() != null) {
				settleMore(known.partial().usage());
			}
		}

		@Override
		protected void abandoned() {
			refundUnsent();
		}

		/**
		 * The usage of an answer that broke off is only a lower bound.
		 */
		private void settleMore(Usage counted) {
			Integer tokens = counted.totalTokens();
			if (tokens != null && tokens > this.tokens) {
				this.limiter.settle(this.tokens, counted);
			}
		}

		private boolean refundUnsent() {
			boolean refunded = RESERVATION.compareAndSet(this, HELD, REFUNDED);
			if (refunded) {
				this.limiter.refund(this.tokens);
			}
			return refunded;
		}

		/**
		 * Its turn in the queue.
		 */
		private final class Turn implements Ticket {

			private final Call call;

			private final Duration patience;

			private final Duration since;

			private final Disposable.Swap timer = Disposables.swap();

			private @Nullable Thread entering = Thread.currentThread();

			private boolean atOnce;

			Turn(Call call) {
				this.call = call;
				Duration remaining = call.remaining();
				Duration most = RateLimitCall.this.limiter.maxWait();
				this.patience = (remaining.compareTo(most) < 0) ? remaining : most;
				this.since = call.elapsed();
			}

			void enter() {
				RateLimitCall.this.limiter.line().enter(this);
				this.entering = null;
				if (this.atOnce) {
					begin();
				}
				else if (!isOver() && !this.timer.isDisposed()) {
					this.timer.update(Schedulers.parallel()
						.schedule(() -> RateLimitCall.this.limiter.line().expire(this),
								RateLimitCall.this.limiter.line().expiry(patience()), TimeUnit.NANOSECONDS));
				}
			}

			@Override
			public Priority priority() {
				return RateLimitCall.this.priority;
			}

			@Override
			public long tokens() {
				return RateLimitCall.this.tokens;
			}

			@Override
			public long patience() {
				return Math.max(0, this.patience.minus(this.call.elapsed().minus(this.since)).toNanos());
			}

			/**
			 * On a thread of its own if others are being served, because these must not
			 * wait until this call is sent.
			 */
			@Override
			public void admitted() {
				if (this.entering == Thread.currentThread()) {
					this.atOnce = true;
					return;
				}
				this.timer.dispose();
				Schedulers.boundedElastic().schedule(() -> {
					this.call.waited(this.call.elapsed().minus(this.since));
					this.call.caller().run(RateLimitCall.this::begin);
				});
			}

			@Override
			public void rejected(@Nullable Duration retryAfter) {
				this.timer.dispose();
				String reason = (retryAfter == null) ? "its rate limit cannot be checked, because the store is away"
						: "its rate limit is used up for " + retryAfter.toMillis() + " ms";
				Scope.of(RateLimitCall.this.currentContext())
					.skipped(RateLimitCall.this.limiter.target(), ErrorKind.THROTTLED, reason);
				reject(new ThrottledException(RateLimitCall.this.limiter.target(), reason, retryAfter));
			}

		}

	}

}
