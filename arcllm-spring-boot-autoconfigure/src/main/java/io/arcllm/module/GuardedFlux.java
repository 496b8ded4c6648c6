package io.arcllm.module;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.WireListener;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * One attempt, made anew for each subscription.
 */
final class GuardedFlux extends Flux<LlmEvent> {

	private final LlmProvider inner;

	private final LlmRequest request;

	private final Target target;

	GuardedFlux(LlmProvider inner, LlmRequest request, Target target) {
		this.inner = inner;
		this.request = request;
		this.target = target;
	}

	@Override
	public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
		Call call = Call.of(actual.currentContext());
		if (!call.tryAttempt()) {
			Operators.error(actual, call.exhausted(this.target));
			return;
		}
		WireListener listener = WireListener.of(actual.currentContext());
		if (listener != null) {
			listener.sending();
		}
		GuardedSubscriber guard = new GuardedSubscriber(actual, call, this.target, this.request.streaming());
		Flux<LlmEvent> answer;
		try {
			answer = this.inner.exchange(this.request);
		}
		catch (Throwable ex) {
			answer = Flux.error(ex);
		}
		answer.subscribe(guard);
	}

}
