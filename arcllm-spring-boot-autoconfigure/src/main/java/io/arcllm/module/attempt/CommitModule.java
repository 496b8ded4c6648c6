package io.arcllm.module.attempt;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

import io.arcllm.EventQueue;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.BaseModule;
import io.arcllm.module.EventStep;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * A guard around the contract: holds back the beginning of each stream until its commit
 * point, and the deltas that a provider gives of a whole answer until its end. A stream
 * that fails before that has delivered nothing, so its failure is not an interruption. It
 * stands outside {@link ContractModule}, which therefore sees every token when it
 * arrives.
 */
public final class CommitModule extends BaseModule {

	private final Target target;

	private final CommitPoint commit;

	/**
	 * @param inner a provider that keeps the contract
	 * @param target its name and model
	 * @param commit until when to hold back
	 */
	public CommitModule(LlmProvider inner, Target target, CommitPoint commit) {
		super(inner);
		this.target = target;
		this.commit = commit;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		Flux<LlmEvent> answer = this.inner.exchange(request);
		if (!request.streaming()) {
			return EventStep.around(answer,
					(actual) -> new CommitStep(actual, CommitPoint.FULL, Failures::ofWholeAnswer));
		}
		return !this.commit.holdsBack() ? answer : EventStep.around(answer, (actual) -> new CommitStep(actual,
				this.commit, (failure) -> Failures.undelivered(failure, this.target)));
	}

	/**
	 * The provider alone: a part of the contract.
	 */
	@Override
	public String toString() {
		return this.inner.toString();
	}

	/**
	 * Holds back one stream until its commit point, then passes it on in order, as fast
	 * as it is requested. Until then it requests one event after the other by itself;
	 * afterwards only the subscriber's demand counts.
	 * <p>
	 * Invariants: the stage leaves HOLDING once, to COMMITTED (events are emitted) or to
	 * VOID (the stream failed first; they are dropped), by whichever of upstream and
	 * timer is first. {@code asked - taken} events are requested from upstream and not
	 * there yet; at most one while holding, so that everything that was made is held
	 * back.
	 */
	static final class CommitStep extends EventStep {

		/**
		 * The most characters that are held back: a longer answer counts as delivered.
		 */
		static final int MOST = 4 << 20;

		/** What an event costs besides its text. */
		private static final int EVENT = 64;

		private static final int HOLDING = 0;

		private static final int COMMITTED = 1;

		private static final int VOID = 2;

		private final CommitPoint commit;

		private final UnaryOperator<LlmException> undelivered;

		private final AtomicInteger stage = new AtomicInteger(HOLDING);

		private final EventQueue queue;

		/**
		 * What was requested from upstream and has not come; used by the drain loop only.
		 */
		private long asked;

		private final AtomicLong taken = new AtomicLong();

		private long tokens;

		private long size;

		private volatile @Nullable Disposable timer;

		private volatile boolean ended;

		private volatile @Nullable Throwable failure;

		CommitStep(CoreSubscriber<? super LlmEvent> actual, CommitPoint commit,
				UnaryOperator<LlmException> undelivered) {
			super(actual);
			this.queue = new EventQueue(actual, this::step);
			this.commit = commit;
			this.undelivered = undelivered;
		}

		@Override
		public void onNext(LlmEvent event) {
			this.queue.add(event);
			this.taken.incrementAndGet();
			if (this.stage.get() == HOLDING && isReached(event)) {
				commit();
			}
			this.queue.drain();
		}

		private boolean isReached(LlmEvent event) {
			this.tokens += CommitPoint.tokens(event);
			this.size += EVENT + event.characters();
			Duration after = this.commit.after();
			if (after != null && this.timer == null) {
				this.timer = Schedulers.parallel().schedule(this::onTime, after.toNanos(), TimeUnit.NANOSECONDS);
			}
			return event.answer() != null || this.tokens >= this.commit.tokens() || this.size > MOST;
		}

		private void onTime() {
			commit();
			this.queue.drain();
		}

		private void commit() {
			if (this.stage.compareAndSet(HOLDING, COMMITTED)) {
				stopTimer();
			}
		}

		@Override
		public void onError(Throwable failure) {
			if (this.stage.compareAndSet(HOLDING, VOID)) {
				stopTimer();
				this.queue.clear();
				this.failure = (failure instanceof LlmException known) ? this.undelivered.apply(known) : failure;
			}
			else {
				this.failure = failure;
			}
			this.ended = true;
			this.queue.drain();
		}

		@Override
		public void onComplete() {
			commit();
			this.ended = true;
			this.queue.drain();
		}

		@Override
		public void request(long n) {
			this.queue.request(n);
		}

		@Override
		public void cancel() {
			this.queue.cancel();
			stopTimer();
			super.cancel();
		}

		private void stopTimer() {
			Disposable timer = this.timer;
			if (timer != null) {
				timer.dispose();
			}
		}

		private void step() {
			long taken = this.taken.getAndSet(0);
			this.asked = (this.asked == Long.MAX_VALUE) ? this.asked : this.asked - taken;
			boolean last = this.ended;
			if (this.stage.get() != HOLDING) {
				this.queue.emit();
			}
			if (last && this.queue.isEmpty()) {
				this.queue.end(this.failure);
				return;
			}
			long demand = this.queue.demand();
			long wanted = (this.stage.get() == HOLDING) ? Math.min(demand, 1)
					: this.queue.isEmpty() ? demand : this.asked;
			if (wanted > this.asked && !last) {
				long more = wanted - this.asked;
				this.asked = wanted;
				super.request(more);
			}
		}

	}

}
