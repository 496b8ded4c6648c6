package io.arcllm;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Emits the whole answer of a call and drops its deltas. It is one operator, because a
 * chain of Reactor's operators would take four steps for each event. It does not extend
 * the modules' step, which passes events on.
 * <p>
 * Invariants: {@code ended} is set once, by the thread of the stream, before the answer
 * or the failure is signalled; what comes after it is dropped. Demand is unbounded,
 * because only the last event is passed on.
 */
final class AnswerMono extends Mono<LlmResponse> {

	private final LlmProvider provider;

	private final LlmRequest request;

	AnswerMono(LlmProvider provider, LlmRequest request) {
		this.provider = provider;
		this.request = Objects.requireNonNull(request, "request");
	}

	@Override
	public void subscribe(CoreSubscriber<? super LlmResponse> actual) {
		this.provider.exchange(this.request).subscribe(new Waiting(actual, this.provider));
	}

	private static final class Waiting implements CoreSubscriber<LlmEvent>, Subscription {

		private final CoreSubscriber<? super LlmResponse> actual;

		private final LlmProvider provider;

		private @Nullable Subscription upstream;

		private boolean ended;

		Waiting(CoreSubscriber<? super LlmResponse> actual, LlmProvider provider) {
			this.actual = actual;
			this.provider = provider;
		}

		@Override
		public Context currentContext() {
			return this.actual.currentContext();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			if (Operators.validate(this.upstream, subscription)) {
				this.upstream = subscription;
				this.actual.onSubscribe(this);
			}
		}

		@Override
		public void onNext(LlmEvent event) {
			LlmResponse answer = event.answer();
			if (answer != null && !this.ended) {
				this.ended = true;
				cancel();
				this.actual.onNext(answer);
				this.actual.onComplete();
			}
		}

		@Override
		public void onError(Throwable failure) {
			if (this.ended) {
				Operators.onErrorDropped(failure, currentContext());
				return;
			}
			this.ended = true;
			this.actual.onError(failure);
		}

		@Override
		public void onComplete() {
			if (!this.ended) {
				onError(LlmException.of(ErrorKind.INTERRUPTED, "The answer ended without being complete")
					.provider(this.provider.name())
					.build());
			}
		}

		@Override
		public void request(long n) {
			Subscription upstream = this.upstream;
			if (upstream != null && Operators.validate(n)) {
				upstream.request(Long.MAX_VALUE);
			}
		}

		@Override
		public void cancel() {
			Subscription upstream = this.upstream;
			if (upstream != null) {
				upstream.cancel();
			}
		}

	}

}
