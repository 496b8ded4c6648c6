package io.arcllm.module.circuitbreaker;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.TimeoutStage;
import io.arcllm.module.Abandonment;
import io.arcllm.module.BaseModule;
import io.arcllm.module.GatedCall;
import io.arcllm.module.ModuleClock;
import io.arcllm.module.Refusal;
import io.arcllm.module.Scope;
import io.arcllm.module.circuitbreaker.Breaker.Admission;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * A gate: refuses calls to a target that is down, and tells its breaker how the others
 * end.
 */
public final class CircuitBreakerModule extends BaseModule {

	private final Breaker breaker;

	/**
	 * @param inner what this module wraps
	 * @param breaker shared by all stacks of the same target
	 */
	public CircuitBreakerModule(LlmProvider inner, Breaker breaker) {
		super(inner);
		this.breaker = breaker;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return GatedCall.flux((actual) -> new CircuitBreakerCall(actual, this.inner, request, this.breaker));
	}

	/**
	 * One call at a circuit breaker.
	 */
	static final class CircuitBreakerCall extends GatedCall {

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
				Scope.of(currentContext()).skipped(this.breaker.target(), refusal.kind(), refusal.reason());
				refuse(new CircuitOpenException(this.breaker.target(), refusal));
				return;
			}
			this.era = admission.era();
			this.start = ModuleClock.nanos();
			if (!open()) {
				abandoned();
			}
		}

		@Override
		protected void succeeded(LlmResponse answer) {
			this.breaker.succeeded(this.era, ModuleClock.nanos() - this.start);
		}

		@Override
		protected void failed(Throwable failure) {
			this.breaker.failed(this.era, ModuleClock.nanos() - this.start, failure, this.model);
			if (failure instanceof LlmException known && known.details().target() != null) {
				call().gated(known.details().target(), this.breaker);
			}
		}

		@Override
		protected void abandoned() {
			Abandonment abandonment = Scope.of(currentContext()).abandonment();
			if (abandonment != null && abandonment.isSilent()) {
				this.breaker.failed(this.era, ModuleClock.nanos() - this.start,
						LlmException.of(ErrorKind.TIMEOUT, this.breaker.target() + " was silent until another answered")
							.stage(TimeoutStage.FIRST_TOKEN)
							.build(),
						this.model);
			}
			else {
				this.breaker.released(this.era);
			}
		}

	}

}
