package io.arcllm.module;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Function;

import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * One call at a gate: it waits until the gate opens, passes the answer on, and notifies
 * the gate of the end, exactly once and before the caller is notified. An answer ends
 * with {@link LlmEvent.Completed}; what happens after that changes nothing.
 * <p>
 * Invariants: the stage goes WAITING, OPENING, OPEN, OVER and never back. What the gate
 * gave is returned by the thread that moves the stage from OPEN to OVER, or that finds it
 * OVER when the subscription comes, so exactly once. Until the stage is OPENING, the gate
 * takes back by itself what it has given.
 */
public abstract class GatedCall extends EventStep {

	private static final AtomicIntegerFieldUpdater<GatedCall> STAGE = AtomicIntegerFieldUpdater
		.newUpdater(GatedCall.class, "stage");

	private static final int WAITING = 0;

	private static final int OPENING = 1;

	private static final int OPEN = 2;

	private static final int OVER = 3;

	private final LlmProvider inner;

	private final LlmRequest request;

	private volatile int stage;

	private boolean answered;

	/**
	 * @param actual the caller
	 * @param inner what is behind the gate
	 * @param request what it is asked
	 */
	protected GatedCall(CoreSubscriber<? super LlmEvent> actual, LlmProvider inner, LlmRequest request) {
		super(actual);
		this.inner = inner;
		this.request = request;
	}

	/**
	 * A flux that makes a gated call for each subscription.
	 */
	public static Flux<LlmEvent> flux(Function<CoreSubscriber<? super LlmEvent>, GatedCall> calls) {
		return new Flux<>() {

			@Override
			public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
				GatedCall call = calls.apply(actual);
				actual.onSubscribe(call);
				if (!call.isOver()) {
					call.enter();
				}
			}

		};
	}

	/**
	 * The call has come to the gate. The gate calls {@link #open()} or {@link #reject},
	 * now or later.
	 */
	protected abstract void enter();

	/**
	 * The caller cancelled before the gate opened.
	 */
	protected void withdrawn() {
	}

	/**
	 * The whole answer came.
	 */
	protected abstract void succeeded(LlmResponse answer);

	/**
	 * The call failed behind the gate.
	 */
	protected abstract void failed(Throwable failure);

	/**
	 * The caller cancelled, or the answer ended incomplete.
	 */
	protected abstract void abandoned();

	/**
	 * Lets the call through.
	 * @return false if it is over already; what the gate gave must then be returned
	 */
	protected final boolean open() {
		if (!STAGE.compareAndSet(this, WAITING, OPENING)) {
			return false;
		}
		BaseModule.ask(this.inner, this.request, this);
		return true;
	}

	/**
	 * Refuses the call, unless it is over already.
	 */
	protected final void reject(LlmException rejection) {
		if (STAGE.compareAndSet(this, WAITING, OVER)) {
			call().caller().run(() -> this.actual.onError(rejection));
		}
	}

	/**
	 * Whether this call is over.
	 */
	protected final boolean isOver() {
		return this.stage == OVER;
	}

	/**
	 * The state of the call that the modules of its stack share.
	 */
	protected final Call call() {
		return Call.of(currentContext());
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		if (STAGE.compareAndSet(this, OPENING, OPEN)) {
			connect(subscription);
		}
		else {
			subscription.cancel();
			abandoned();
		}
	}

	@Override
	public void onNext(LlmEvent event) {
		LlmResponse answer = event.answer();
		if (answer != null && end()) {
			this.answered = true;
			succeeded(answer);
		}
		else if (isOver()) {
			return;
		}
		this.actual.onNext(event);
	}

	@Override
	public void onError(Throwable failure) {
		if (end()) {
			failed(failure);
			this.actual.onError(failure);
		}
		else if (this.answered) {
			this.actual.onComplete();
		}
	}

	@Override
	public void onComplete() {
		if (end()) {
			abandoned();
			this.actual.onComplete();
		}
		else if (this.answered) {
			this.actual.onComplete();
		}
	}

	/**
	 * Cancels what is behind the gate first, so that a place is never given to another
	 * call while it is in use. A call that is just being opened is cancelled when it is
	 * open.
	 */
	@Override
	public void cancel() {
		int before = STAGE.getAndSet(this, OVER);
		if (before == WAITING) {
			withdrawn();
		}
		else if (before == OPEN) {
			super.cancel();
			abandoned();
		}
	}

	private boolean end() {
		return STAGE.compareAndSet(this, OPEN, OVER);
	}

}
