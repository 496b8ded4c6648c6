package io.arcllm.module.attempt;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import io.arcllm.Attempt;
import io.arcllm.CallerContext;
import io.arcllm.Cost;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import io.arcllm.Usage;
import io.arcllm.WireListener;
import io.arcllm.module.Call;
import io.arcllm.module.EventStep;
import io.arcllm.module.MinRate;
import io.arcllm.module.Pricing;
import io.arcllm.module.Scope;
import io.arcllm.module.Shutdown;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Keeps the contract for one attempt: ends it once, whichever comes first of the
 * provider, the timer and the caller, and notes how it ended.
 */
final class AttemptGuard extends EventStep implements Shutdown.Underway {

	private static final AtomicIntegerFieldUpdater<AttemptGuard> STATE = AtomicIntegerFieldUpdater
		.newUpdater(AttemptGuard.class, "state");

	private static final AtomicLongFieldUpdater<AttemptGuard> DEMAND = AtomicLongFieldUpdater
		.newUpdater(AttemptGuard.class, "demand");

	private static final int OPEN = 0;

	private static final int EMITTING = 1;

	private static final int ENDED = 2;

	private final Call call;

	private final Target target;

	private final SilenceWatch silence;

	private final @Nullable RateWatch rate;

	private final AttemptListener listener;

	private final Context context;

	/** So many nanoseconds after the start of the call. */
	final long startedAfter;

	private final Duration waited;

	private final Attempt.Cause cause;

	private List<LlmEvent> delivered = List.of();

	private volatile int state;

	private volatile boolean interrupted;

	/** What the caller asked for and did not get yet. */
	private volatile long demand;

	private @Nullable Duration firstToken;

	private final AttemptCost cost;

	AttemptGuard(CoreSubscriber<? super LlmEvent> actual, Scope scope, Target target, boolean streaming,
			SharedTimer alarms, AttemptCost cost) {
		super(actual);
		Call call = scope.call();
		this.call = call;
		this.target = target;
		this.listener = new AttemptListener(actual.currentContext(), scope, target, this::begun);
		this.context = scope.inAttempt().into(actual.currentContext()).put(WireListener.class, this.listener);
		this.startedAfter = call.elapsedNanos();
		this.waited = call.takeWaited();
		this.cause = scope.cause();
		this.cost = cost;
		this.silence = new SilenceWatch(call, target, scope.limits(),
				streaming ? TimeoutStage.FIRST_TOKEN : TimeoutStage.ATTEMPT, alarms.alarm(this::checkSilence));
		MinRate rate = (scope.limits() == null) ? null : scope.limits().minRate();
		this.rate = (rate == null) ? null : new RateWatch(call, rate, alarms.alarm(this::checkRate));
	}

	/** The provider was waiting for a thread of ours: it begins only now. */
	private void begun() {
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
			this.silence.begin(this.startedAfter);
			this.call.begun(this);
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
			// A subscriber that throws, against the rules of Reactive Streams
			super.cancel();
			onError(ex);
		}
	}

	private void deliver(LlmEvent event) {
		if (event.isContent()) {
			if (this.delivered.isEmpty()) {
				this.delivered = new ArrayList<>();
				this.firstToken = sinceStart();
			}
			this.delivered.add(event);
			this.silence.content();
			if (this.rate != null) {
				this.rate.content(event);
			}
		}
		else if (event instanceof LlmEvent.Restarted) {
			this.delivered = List.of();
		}
		this.actual.onNext(event);
	}

	private void succeed(LlmResponse answer) {
		String model = (answer.model() == null) ? this.target.model() : answer.model();
		LlmResponse signed = answer.withTarget(new Target(this.target.provider(), model));
		note(ended(Attempt.Outcome.COMPLETED).requestId(signed.requestId())
			.usage(signed.usage())
			.cost(this.cost.of(answer, signed.target())));
		// the call's head says what the whole call cost
		this.actual.onNext(new LlmEvent.Completed(signed.withCost(null)));
		this.actual.onComplete();
		super.cancel();
	}

	@Override
	public void onError(Throwable failure) {
		if (end()) {
			fail(Failures.of(failure, this.target));
		}
	}

	@Override
	public void onComplete() {
		if (end()) {
			fail(LlmException.of(ErrorKind.INTERRUPTED, this.target + " ended without a whole answer")
				.target(this.target)
				.build());
		}
	}

	private void checkSilence() {
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

	private void checkRate() {
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
			fail(LlmException
				.of(ErrorKind.TIMEOUT, this.target + " had fewer than " + rate.rate() + " tokens (min-rate)")
				.target(this.target)
				.stage(TimeoutStage.RATE)
				.build());
		}
	}

	/** The subscriber has asked for nothing for too long. */
	private void gone() {
		if (giveUp()) {
			super.cancel();
			LlmException failure = this.silence.unread();
			note(ended(Attempt.Outcome.CANCELLED).failure(failure).usage(this.listener.answer().used()));
			this.actual.onError(failure);
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
		Usage usage = Failures.usage(failure, this.listener.answer().used());
		LlmException told = this.delivered.isEmpty() ? Failures.undelivered(failure, this.target)
				: Failures.after(this.delivered, failure, this.target, usage);
		if (this.listener.isRefused() || failure.kind() == ErrorKind.BULKHEAD_FULL) {
			this.call.giveBackAttempt();
			note(ended(Attempt.Outcome.SKIPPED).failure(failure));
		}
		else {
			note(ended(Attempt.Outcome.FAILED).failure(failure)
				.requestId(failure.requestId())
				.usage(usage)
				.cost(cost(usage, AttemptCost.began(failure))));
		}
		this.actual.onError(told);
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
			Usage used = this.listener.answer().used();
			note(ended(Attempt.Outcome.CANCELLED).usage(used).cost(cost(used, true)));
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

	/** Ends it unless an event is being passed on just now. */
	private boolean giveUp() {
		boolean ended = STATE.compareAndSet(this, OPEN, ENDED);
		if (ended) {
			stopWatches();
		}
		return ended;
	}

	/** Ends it now, or after the event that is being passed on. */
	@Override
	public void interrupt() {
		this.interrupted = true;
		if (giveUp()) {
			super.cancel();
			fail(LlmException
				.of(ErrorKind.INTERRUPTED, this.target + " was interrupted: the application is shutting down")
				.target(this.target)
				.build());
		}
	}

	private void stopWatches() {
		this.call.over(this);
		this.silence.stop();
		if (this.rate != null) {
			this.rate.stop();
		}
	}

	/**
	 * @param likely whether it had begun to answer if anything of an answer came
	 */
	private @Nullable Cost cost(Usage used, boolean likely) {
		List<LlmEvent> delivered = this.delivered;
		return this.cost.of(delivered, used, !delivered.isEmpty() || (likely && this.listener.isAnswering()));
	}

	private Attempt.Builder ended(Attempt.Outcome outcome) {
		return Attempt.of(this.target, outcome)
			.startedAfter(Duration.ofNanos(this.startedAfter))
			.startedAt(this.call.instant(this.startedAfter))
			.waited(this.waited)
			.took(this.firstToken, sinceStart())
			.cause(this.cause)
			.leftOut(this.listener.leftOut());
	}

	private void note(Attempt.Builder ended) {
		Attempt attempt = ended.build();
		this.call.ended(attempt);
		this.listener.told(attempt);
	}

	private Duration sinceStart() {
		return Duration.ofNanos(this.call.elapsedNanos() - this.startedAfter);
	}

	/**
	 * One attempt, made anew for each subscription.
	 */
	static final class GuardedFlux extends Flux<LlmEvent> {

		private final LlmProvider inner;

		private final LlmRequest request;

		private final Target target;

		private final SharedTimer alarms;

		private final Pricing prices;

		GuardedFlux(LlmProvider inner, LlmRequest request, Target target, SharedTimer alarms, Pricing prices) {
			this.inner = inner;
			this.request = request;
			this.target = target;
			this.alarms = alarms;
			this.prices = prices;
		}

		@Override
		public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
			Scope scope = Scope.of(actual.currentContext());
			Call call = scope.call();
			AttemptGuard guard = new AttemptGuard(actual, scope, this.target, this.request.streaming(), this.alarms,
					new AttemptCost(this.prices, this.target, this.request));
			if (call.remainingNanos(guard.startedAfter) <= 0) {
				Operators.error(actual, call.overdue(this.target));
				return;
			}
			if (!call.tryAttempt(this.target)) {
				Operators.error(actual, call.exhausted(this.target));
				return;
			}
			WireListener listener = WireListener.of(actual.currentContext());
			if (listener != null) {
				listener.sending();
			}
			CallerContext.Restored restored = call.caller().restore(guard.currentContext());
			try {
				Objects.requireNonNull(this.inner.exchange(this.request), "exchange returned null").subscribe(guard);
			}
			catch (Throwable ex) {
				guard.failedToSubscribe(ex);
			}
			finally {
				restored.close();
			}
		}

	}

}
