package io.arcllm.module;

import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Hands a call to its stack, and the call's trail out with the answer or the error. One
 * step for each delta, where operators would be three.
 */
final class CallSubscriber implements CoreSubscriber<LlmEvent>, Subscription {

	private final CoreSubscriber<? super LlmEvent> actual;

	private final Call call;

	private final CallListener listener;

	private final Context context;

	private Subscription upstream = Operators.emptySubscription();

	private boolean ended;

	private CallSubscriber(CoreSubscriber<? super LlmEvent> actual, Call call, CallListener listener) {
		this.actual = actual;
		this.call = call;
		this.listener = listener;
		this.context = actual.currentContext().put(Call.class, call);
	}

	/**
	 * The answer as the caller of this call sees it.
	 */
	static Flux<LlmEvent> flux(Flux<LlmEvent> answer, Call call, CallListener listener) {
		return new Flux<>() {

			@Override
			public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
				answer.subscribe(new CallSubscriber(actual, call, listener));
			}

		};
	}

	@Override
	public Context currentContext() {
		return this.context;
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		this.upstream = subscription;
		this.actual.onSubscribe(this);
	}

	@Override
	public void onNext(LlmEvent event) {
		LlmResponse answer = event.answer();
		if (this.ended) {
			return;
		}
		if (answer == null) {
			this.actual.onNext(event);
			return;
		}
		LlmResponse whole = answer.withTrail(this.call.trail());
		try {
			this.listener.answered(whole);
		}
		catch (Throwable ex) {
			onError(Operators.onOperatorError(this.upstream, ex, this.context));
			return;
		}
		this.actual.onNext(new LlmEvent.Completed(whole));
	}

	@Override
	public void onError(Throwable failure) {
		if (!this.ended) {
			this.ended = true;
			this.actual.onError((failure instanceof LlmException known) ? known.withTrail(this.call.trail()) : failure);
		}
	}

	@Override
	public void onComplete() {
		if (!this.ended) {
			this.ended = true;
			this.actual.onComplete();
		}
	}

	@Override
	public void request(long n) {
		this.upstream.request(n);
	}

	@Override
	public void cancel() {
		this.upstream.cancel();
	}

}
