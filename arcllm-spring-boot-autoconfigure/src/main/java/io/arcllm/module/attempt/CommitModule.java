package io.arcllm.module.attempt;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.BaseModule;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

/**
 * A guard around the contract: holds the beginning of each stream back until its commit
 * point. A stream that fails before it has delivered nothing, so its failure is a plain
 * one. Stands outside {@link ContractModule}, which so sees every token when it comes.
 */
public final class CommitModule extends BaseModule {

	private final Target target;

	private final CommitPoint commit;

	/**
	 * @param inner a provider that keeps the contract
	 * @param target who it is
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
		return new Flux<>() {

			@Override
			public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
				answer.subscribe(new HeldBack(actual, CommitModule.this.commit, CommitModule.this.target));
			}

		};
	}

	/**
	 * The provider alone: a part of the contract.
	 */
	@Override
	public String toString() {
		return this.inner.toString();
	}

	/**
	 * Holds one stream back until its commit point, then lets it through in order and as
	 * fast as it is taken. Until then it asks for one event after the other by itself;
	 * afterwards the subscriber's demand alone counts.
	 */
	static final class HeldBack implements CoreSubscriber<LlmEvent>, Subscription {

		/**
		 * What is held back at most, in characters: a longer answer counts as delivered.
		 */
		static final int MOST = 4 << 20;

		/** What an event costs besides its text. */
		private static final int EVENT = 64;

		private static final int CHARACTERS_A_TOKEN = 4;

		private static final int HOLDING = 0;

		private static final int COMMITTED = 1;

		private static final int VOID = 2;

		private final CoreSubscriber<? super LlmEvent> actual;

		private final CommitPoint commit;

		private final Target target;

		private final AtomicInteger stage = new AtomicInteger(HOLDING);

		private final AtomicLong demand = new AtomicLong();

		private final AtomicInteger draining = new AtomicInteger();

		private final Queue<LlmEvent> events = Queues.<LlmEvent>unbounded(32).get();

		private Subscription upstream = Operators.emptySubscription();

		/** What upstream was asked for and has not given; belongs to the drain. */
		private long asked;

		private final AtomicLong taken = new AtomicLong();

		private long tokens;

		private long size;

		private volatile @Nullable Disposable timer;

		private volatile boolean cancelled;

		private volatile boolean ended;

		private volatile @Nullable Throwable failure;

		private boolean told;

		HeldBack(CoreSubscriber<? super LlmEvent> actual, CommitPoint commit, Target target) {
			this.actual = actual;
			this.commit = commit;
			this.target = target;
		}

		@Override
		public Context currentContext() {
			return this.actual.currentContext();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			this.upstream = subscription;
			this.actual.onSubscribe(this);
		}

		@Override
		public void onNext(LlmEvent event) {
			this.events.add(event);
			this.taken.incrementAndGet();
			if (this.stage.get() == HOLDING && isReached(event)) {
				commit();
			}
			drain();
		}

		private boolean isReached(LlmEvent event) {
			int characters = characters(event);
			this.tokens += Math.max(1, characters / CHARACTERS_A_TOKEN);
			this.size += EVENT + characters;
			Duration after = this.commit.after();
			if (after != null && this.timer == null) {
				this.timer = Schedulers.parallel().schedule(this::onTime, after.toNanos(), TimeUnit.NANOSECONDS);
			}
			return event.answer() != null || this.tokens >= this.commit.tokens() || this.size > MOST;
		}

		private static int characters(LlmEvent event) {
			if (event instanceof LlmEvent.TextDelta delta) {
				return delta.text().length();
			}
			if (event instanceof LlmEvent.ThinkingDelta delta) {
				return delta.text().length();
			}
			return (event instanceof LlmEvent.ToolCallDelta delta) ? delta.argumentsFragment().length() : 0;
		}

		private void onTime() {
			commit();
			drain();
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
				this.events.clear();
				this.failure = (failure instanceof LlmException known) ? Failures.undelivered(known, this.target)
						: failure;
			}
			else {
				this.failure = failure;
			}
			this.ended = true;
			drain();
		}

		@Override
		public void onComplete() {
			commit();
			this.ended = true;
			drain();
		}

		@Override
		public void request(long n) {
			if (Operators.validate(n)) {
				this.demand.accumulateAndGet(n, Operators::addCap);
				drain();
			}
		}

		@Override
		public void cancel() {
			this.cancelled = true;
			stopTimer();
			this.upstream.cancel();
		}

		private void stopTimer() {
			Disposable timer = this.timer;
			if (timer != null) {
				timer.dispose();
			}
		}

		private void drain() {
			if (this.draining.getAndIncrement() != 0) {
				return;
			}
			int missed = 1;
			do {
				if (!this.cancelled && !this.told) {
					long taken = this.taken.getAndSet(0);
					this.asked = (this.asked == Long.MAX_VALUE) ? this.asked : this.asked - taken;
					step();
				}
				missed = this.draining.addAndGet(-missed);
			}
			while (missed != 0);
		}

		private void step() {
			boolean last = this.ended;
			if (this.stage.get() != HOLDING) {
				emit();
			}
			if (last && this.events.isEmpty()) {
				tell();
				return;
			}
			long demand = this.demand.get();
			long wanted = (this.stage.get() == HOLDING) ? Math.min(demand, 1)
					: this.events.isEmpty() ? demand : this.asked;
			if (wanted > this.asked && !last) {
				long more = wanted - this.asked;
				this.asked = wanted;
				this.upstream.request(more);
			}
		}

		private void emit() {
			long demand = this.demand.get();
			long emitted = 0;
			while (emitted < demand && !this.cancelled && !this.events.isEmpty()) {
				this.actual.onNext(this.events.remove());
				emitted++;
			}
			if (emitted > 0 && demand != Long.MAX_VALUE) {
				this.demand.addAndGet(-emitted);
			}
		}

		private void tell() {
			this.told = true;
			Throwable failure = this.failure;
			if (failure != null) {
				this.actual.onError(failure);
			}
			else {
				this.actual.onComplete();
			}
		}

	}

}
