package io.arcllm.module.attempt;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import io.arcllm.CallerContext;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import io.arcllm.WireListener;
import io.arcllm.module.Call;
import io.arcllm.module.EventStep;
import io.arcllm.module.AttemptLimits.MinRate;
import io.arcllm.module.Scope;
import io.arcllm.module.Shutdown;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Enforces the contract for one attempt: ends it once, by the provider, a timer or the
 * caller, whichever is first, and records how it ended.
 * <p>
 * Invariants of {@code state}: it is {@code EMITTING} while the producer's thread passes
 * an event on, and only that thread goes back to {@code OPEN}; timers end the attempt
 * only from {@code OPEN}, so that they never signal an end in the middle of an event, and
 * otherwise check again later; {@code ENDED} is final, and the thread that sets it
 * signals the end, once. The watches stop with it. Demand is what was requested and not
 * yet passed on; while it is 0, silence is the subscriber's and does not count.
 */
final class AttemptGuard extends EventStep implements Shutdown.Underway {

	private static final AtomicIntegerFieldUpdater<AttemptGuard> STATE = AtomicIntegerFieldUpdater
		.newUpdater(AttemptGuard.class, "state");

	private static final AtomicLongFieldUpdater<AttemptGuard> DEMAND = AtomicLongFieldUpdater
		.newUpdater(AttemptGuard.class, "demand");

	private static final int OPEN = 0;

	private static final int EMITTING = 1;

	private static final int ENDED = 2;

	private final ContractModule contract;

	private final AttemptListener listener;

	private final AttemptRecord record;

	private final SilenceWatch silence;

	private final @Nullable RateWatch rate;

	private final Context context;

	private volatile int state;

	private volatile boolean interrupted;

	/** What was requested and not passed on yet. */
	private volatile long demand;

	/**
	 * @param scope the scope of the attempt
	 * @param target the target that is asked
	 * @param streaming whether a stream was requested
	 * @param startedAfter the start of the attempt, in nanoseconds after the start of the
	 * call
	 * @param contract has the timer of its target, and describes failures
	 */
	AttemptGuard(CoreSubscriber<? super LlmEvent> actual, Scope scope, Target target, boolean streaming,
			long startedAfter, AttemptCost cost, ContractModule contract) {
		super(actual);
		this.contract = contract;
		Context outer = actual.currentContext();
		this.listener = new AttemptListener(this, scope, target, WireListener.of(outer));
		this.context = this.listener.inside(outer);
		this.record = new AttemptRecord(this.listener, startedAfter, cost);
		this.silence = new SilenceWatch(this, this.listener,
				streaming ? TimeoutStage.FIRST_TOKEN : TimeoutStage.ATTEMPT, contract.timer());
		MinRate rate = (scope.limits() == null) ? null : scope.limits().minRate();
		this.rate = (rate == null) ? null : new RateWatch(this, scope.call(), rate, contract.timer());
	}

	/** From now on something may have been sent. */
	void sending() {
		this.listener.begins();
	}

	private Call call() {
		return this.listener.call();
	}

	private Target target() {
		return this.listener.target();
	}

	/** The provider was waiting for one of our threads and starts only now. */
	void begun() {
		this.silence.excuse();
		this.silence.watch();
	}

	@Override
	public Context currentContext() {
		return this.context;
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		if (connect(subscription)) {
			this.silence.begin(this.record.startedAfter());
			call().begun(this);
			this.actual.onSubscribe(this);
		}
	}

	/** The provider threw instead of answering. */
	void failedToSubscribe(Throwable failure) {
		if (!isConnected()) {
			onSubscribe(Operators.emptySubscription());
		}
		super.cancel();
		onError(failure);
	}

	@Override
	public void onNext(LlmEvent event) {
		LlmResponse answer = event.answer();
		if (answer != null) {
			if (end()) {
				succeed(answer);
			}
			return;
		}
		if (!STATE.compareAndSet(this, OPEN, EMITTING)) {
			return;
		}
		if (this.demand != Long.MAX_VALUE && DEMAND.decrementAndGet(this) == 0) {
			this.silence.dry();
			if (this.rate != null) {
				this.rate.dry();
			}
		}
		try {
			deliver(event);
			STATE.compareAndSet(this, EMITTING, OPEN);
			if (this.interrupted) {
				interrupt();
			}
		}
		catch (Throwable ex) {
			// a subscriber that throws, against the rules of Reactive Streams
			super.cancel();
			onError(ex);
		}
	}

	private void deliver(LlmEvent event) {
		this.record.delivering(event);
		if (event.isContent()) {
			this.silence.content();
			if (this.rate != null) {
				this.rate.content(event);
			}
		}
		this.actual.onNext(event);
	}

	/**
	 * Signals the end in the caller's context, for log lines and hooks of outer modules.
	 */
	private void succeed(LlmResponse answer) {
		CallerContext.Restored restored = call().caller().restore(Context.empty());
		try {
			this.actual.onNext(new LlmEvent.Completed(this.record.completed(answer)));
			this.actual.onComplete();
		}
		finally {
			restored.close();
		}
		super.cancel();
	}

	@Override
	public void onError(Throwable failure) {
		if (end()) {
			fail(this.contract.failure(failure, target()));
		}
	}

	@Override
	public void onComplete() {
		if (end()) {
			fail(LlmException.of(ErrorKind.INTERRUPTED, target() + " ended without a whole answer")
				.target(target())
				.build());
		}
	}

	void checkSilence() {
		if (this.demand <= 0 || this.listener.isWaiting()) {
			if (this.silence.isUnread()) {
				gone();
				return;
			}
			this.silence.excuse();
		}
		LlmException failure = this.silence.failure();
		if (failure == null || this.state == EMITTING) {
			if (this.state != ENDED) {
				this.silence.watch();
			}
		}
		else if (STATE.compareAndSet(this, OPEN, ENDED)) {
			stopWatches();
			LlmResponse whole = (failure.kind() == ErrorKind.TIMEOUT) ? whole() : null;
			if (whole != null) {
				succeed(whole);
				return;
			}
			super.cancel();
			fail(failure);
		}
	}

	void checkRate() {
		RateWatch rate = Objects.requireNonNull(this.rate);
		if (this.state == EMITTING) {
			rate.later();
		}
		else if (rate.isTooSlow()) {
			if (!giveUp()) {
				rate.later();
				return;
			}
			super.cancel();
			fail(LlmException.of(ErrorKind.TIMEOUT, target() + " had fewer than " + rate.rate() + " tokens (min-rate)")
				.target(target())
				.stage(TimeoutStage.RATE)
				.build());
		}
	}

	/** The subscriber has requested nothing for too long. */
	private void gone() {
		if (giveUp()) {
			super.cancel();
			LlmException failure = this.silence.unread();
			call().caller().run(() -> {
				this.record.unread(failure);
				this.actual.onError(failure);
			});
		}
		else if (this.state != ENDED) {
			this.silence.watch();
		}
	}

	private @Nullable LlmResponse whole() {
		try {
			return this.listener.answer().whole();
		}
		catch (Throwable ex) {
			return null;
		}
	}

	private void fail(LlmException failure) {
		call().caller().run(() -> this.actual.onError(this.record.failed(failure)));
	}

	@Override
	public void request(long n) {
		if (Operators.validate(n)) {
			if (DEMAND.getAndAccumulate(this, n, Operators::addCap) <= 0) {
				this.silence.asked();
				if (this.rate != null) {
					this.rate.asked();
				}
			}
			super.request(n);
		}
	}

	@Override
	public void cancel() {
		if (end()) {
			this.record.cancelled();
			super.cancel();
		}
	}

	private boolean end() {
		if (STATE.getAndSet(this, ENDED) == ENDED) {
			return false;
		}
		stopWatches();
		return true;
	}

	/** Ends the attempt, unless an event is being passed on just now. */
	private boolean giveUp() {
		boolean ended = STATE.compareAndSet(this, OPEN, ENDED);
		if (ended) {
			stopWatches();
		}
		return ended;
	}

	/** Ends the attempt now, or after the event that is being passed on. */
	@Override
	public void interrupt() {
		this.interrupted = true;
		if (giveUp()) {
			super.cancel();
			fail(LlmException.of(ErrorKind.INTERRUPTED, target() + " was interrupted: the application is shutting down")
				.target(target())
				.build());
		}
	}

	private void stopWatches() {
		call().over(this);
		this.silence.stop();
		if (this.rate != null) {
			this.rate.stop();
		}
	}

}
