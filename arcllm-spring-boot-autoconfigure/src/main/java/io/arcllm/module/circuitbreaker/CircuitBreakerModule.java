package io.arcllm.module.circuitbreaker;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.module.BaseModule;
import io.arcllm.module.GatedCall;
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

}
