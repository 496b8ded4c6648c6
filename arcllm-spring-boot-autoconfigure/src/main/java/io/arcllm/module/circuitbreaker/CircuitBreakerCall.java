package io.arcllm.module.circuitbreaker;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.module.GatedCall;
import io.arcllm.module.Refusal;
import reactor.core.CoreSubscriber;

/**
 * One call at a circuit breaker.
 */
final class CircuitBreakerCall extends GatedCall {

	private final Breaker breaker;

	private final String model;

	private int era;

	private long start;

	CircuitBreakerCall(CoreSubscriber<? super LlmEvent> actual, LlmProvider inner, LlmRequest request,
			Breaker breaker) {
		super(actual, inner, request);
		this.breaker = breaker;
		this.model = breaker.modelOf(request.model());
	}

	@Override
	protected void enter() {
		Admission admission = this.breaker.admit(this.model);
		Refusal refusal = admission.refusal();
		if (refusal != null) {
			call().skipped(this.breaker.target(), refusal.kind(), refusal.reason());
			refuse(new CircuitOpenException(this.breaker.target(), refusal));
			return;
		}
		this.era = admission.era();
		this.start = SchedulerClock.nanos();
		if (!open()) {
			abandoned();
		}
	}

	@Override
	protected void succeeded(LlmResponse answer) {
		this.breaker.succeeded(this.era, SchedulerClock.nanos() - this.start);
	}

	@Override
	protected void failed(Throwable failure) {
		this.breaker.failed(this.era, SchedulerClock.nanos() - this.start, failure, this.model);
	}

	@Override
	protected void abandoned() {
		this.breaker.released(this.era);
	}

}
