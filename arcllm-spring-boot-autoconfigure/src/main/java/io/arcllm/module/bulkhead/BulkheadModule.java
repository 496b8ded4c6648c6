package io.arcllm.module.bulkhead;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Priority;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import io.arcllm.module.GatedCall;
import io.arcllm.module.ModuleClock;
import io.arcllm.module.Scope;
import io.arcllm.module.WaitingQueue;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * A gate: lets a number of calls through at once, queues a few more, and refuses the
 * rest.
 */
public final class BulkheadModule extends BaseModule {

	private final Bulkhead bulkhead;

	/**
	 * @param inner what this module wraps
	 * @param bulkhead shared by all stacks of the same target
	 */
	public BulkheadModule(LlmProvider inner, Bulkhead bulkhead) {
		super(inner);
		this.bulkhead = bulkhead;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return GatedCall.flux((actual) -> new BulkheadCall(actual, this.inner, request, this.bulkhead));
	}

	/**
	 * One call at a bulkhead.
	 */
	static final class BulkheadCall extends GatedCall {

		/** The failures of an overloaded target. */
		private static final Set<ErrorKind> OVERLOADED = Set.of(ErrorKind.RATE_LIMITED, ErrorKind.OVERLOADED,
				ErrorKind.TIMEOUT);

		private final Bulkhead bulkhead;

		private final Priority priority;

		private long start;

		private volatile @Nullable Turn turn;

		BulkheadCall(CoreSubscriber<? super LlmEvent> actual, LlmProvider inner, LlmRequest request,
				Bulkhead bulkhead) {
			super(actual, inner, request);
			this.bulkhead = bulkhead;
			this.priority = WaitingQueue.priority(request);
		}

		@Override
		protected void enter() {
			if (this.bulkhead.tryEnter()) {
				begin();
				return;
			}
			Turn turn = new Turn(call());
			this.turn = turn;
			if (!this.bulkhead.queue(turn)) {
				turn.turnAway(ErrorKind.BULKHEAD_FULL, this.bulkhead.fullness());
				return;
			}
			turn.watch();
			if (isOver()) {
				turn.withdraw();
			}
		}

		private void begin() {
			this.start = ModuleClock.nanos();
			if (!open()) {
				this.bulkhead.leave();
			}
		}

		@Override
		protected void withdrawn() {
			Turn turn = this.turn;
			if (turn != null) {
				turn.withdraw();
			}
		}

		@Override
		protected void succeeded(LlmResponse answer) {
			this.bulkhead.ended(ModuleClock.nanos() - this.start, false);
		}

		/** Other failures say nothing about the load of the target. */
		@Override
		protected void failed(Throwable failure) {
			if (failure instanceof LlmException known && OVERLOADED.contains(known.kind())) {
				this.bulkhead.ended(ModuleClock.nanos() - this.start, true);
			}
			else {
				this.bulkhead.leave();
			}
		}

		@Override
		protected void abandoned() {
			this.bulkhead.leave();
		}

		/**
		 * Its turn in the queue.
		 */
		private final class Turn implements Bulkhead.Waiter {

			private final Call call;

			private final Duration since;

			private final Disposable.Swap timer = Disposables.swap();

			Turn(Call call) {
				this.call = call;
				this.since = call.elapsed();
			}

			void watch() {
				Duration timeout = BulkheadCall.this.bulkhead.queueTimeout();
				Duration remaining = this.call.remaining();
				boolean deadline = remaining.compareTo(timeout) < 0;
				this.timer.update(Schedulers.parallel()
					.schedule(() -> giveUp(deadline), (deadline ? remaining : timeout).toNanos(),
							TimeUnit.NANOSECONDS));
			}

			/**
			 * On a thread of its own, because the call that returns a place must not wait
			 * for the one that gets it.
			 */
			@Override
			public void admitted() {
				this.timer.dispose();
				Schedulers.boundedElastic().schedule(() -> {
					this.call.waited(this.call.elapsed().minus(this.since));
					this.call.caller().run(BulkheadCall.this::begin);
				});
			}

			@Override
			public void displaced() {
				this.timer.dispose();
				turnAway(ErrorKind.BULKHEAD_FULL, BulkheadCall.this.bulkhead.fullness()
						+ ", and a call of higher priority took its place in the queue");
			}

			@Override
			public Priority priority() {
				return BulkheadCall.this.priority;
			}

			void withdraw() {
				this.timer.dispose();
				BulkheadCall.this.bulkhead.withdraw(this);
			}

			private void giveUp(boolean deadline) {
				if (!BulkheadCall.this.bulkhead.giveUp(this)) {
					return;
				}
				Duration waited = this.call.elapsed().minus(this.since);
				turnAway(deadline ? ErrorKind.DEADLINE_EXCEEDED : ErrorKind.BULKHEAD_FULL,
						"no place in its bulkhead came free in " + waited.toMillis() + " ms"
								+ (deadline ? ", when the call's deadline passed" : ""));
			}

			void turnAway(ErrorKind kind, String reason) {
				Scope.of(BulkheadCall.this.currentContext()).skipped(BulkheadCall.this.bulkhead.target(), kind, reason);
				reject((kind == ErrorKind.BULKHEAD_FULL)
						? new BulkheadFullException(BulkheadCall.this.bulkhead.target(), reason)
						: LlmException.of(kind, BulkheadCall.this.bulkhead.target() + " was not asked: " + reason)
							.target(BulkheadCall.this.bulkhead.target())
							.build());
			}

		}

	}

}
