package io.arcllm.provider.http;

import java.util.function.UnaryOperator;

import io.arcllm.LlmEvent;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Passes an answer on and handles its end: translates a failure, notes the key that has
 * worked, and gives up the connection if the caller cancels. It is one step instead of
 * three operators.
 */
final class RequestEnd implements CoreSubscriber<LlmEvent>, Subscription {

	private final CoreSubscriber<? super LlmEvent> actual;

	private final HttpAnswer answer;

	private final UnaryOperator<Throwable> failed;

	private final Runnable answered;

	private Subscription upstream = Operators.emptySubscription();

	private RequestEnd(CoreSubscriber<? super LlmEvent> actual, HttpAnswer answer, UnaryOperator<Throwable> failed,
			Runnable answered) {
		this.actual = actual;
		this.answer = answer;
		this.failed = failed;
		this.answered = answered;
	}

	/**
	 * The same events.
	 * @param answer is abandoned if the caller cancels
	 * @param failed translates a failure
	 * @param answered runs when the whole answer has come
	 */
	static Flux<LlmEvent> of(Flux<LlmEvent> events, HttpAnswer answer, UnaryOperator<Throwable> failed,
			Runnable answered) {
		return new Flux<>() {

			@Override
			public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
				events.subscribe(new RequestEnd(actual, answer, failed, answered));
			}

		};
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
		this.actual.onNext(event);
	}

	@Override
	public void onError(Throwable failure) {
		Throwable told;
		try {
			told = this.failed.apply(failure);
		}
		catch (Throwable ex) {
			told = Exceptions.addSuppressed(ex, failure);
		}
		this.actual.onError(told);
	}

	@Override
	public void onComplete() {
		this.answered.run();
		this.actual.onComplete();
	}

	@Override
	public void request(long n) {
		this.upstream.request(n);
	}

	@Override
	public void cancel() {
		this.answer.abandon();
		this.upstream.cancel();
	}

}
