package io.arcllm.module;

import java.util.Objects;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.WireListener;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * One attempt, made anew for each subscription.
 */
final class GuardedFlux extends Flux<LlmEvent> {

	private final LlmProvider inner;

	private final LlmRequest request;

	private final Target target;

	private final Alarms alarms;

	GuardedFlux(LlmProvider inner, LlmRequest request, Target target, Alarms alarms) {
		this.inner = inner;
		this.request = request;
		this.target = target;
		this.alarms = alarms;
	}

	@Override
	public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
		Call call = Call.of(actual.currentContext());
		GuardedSubscriber guard = new GuardedSubscriber(actual, call, this.target, this.request.streaming(),
				this.alarms);
		if (call.remainingNanos(guard.startedAfter) <= 0) {
			Operators.error(actual, call.overdue(this.target));
			return;
		}
		if (!call.tryAttempt()) {
			Operators.error(actual, call.exhausted(this.target));
			return;
		}
		WireListener listener = WireListener.of(actual.currentContext());
		if (listener != null) {
			listener.sending();
		}
		try {
			Objects.requireNonNull(this.inner.exchange(this.request), "exchange returned null").subscribe(guard);
		}
		catch (Throwable ex) {
			Exceptions.throwIfJvmFatal(ex);
			guard.failedToSubscribe(ex);
		}
	}

}
