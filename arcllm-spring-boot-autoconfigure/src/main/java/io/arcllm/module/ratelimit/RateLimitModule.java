package io.arcllm.module.ratelimit;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.module.BaseModule;
import io.arcllm.module.GatedCall;
import reactor.core.publisher.Flux;

/**
 * A gate: lets calls through at the pace of a limit, and refuses those that would wait
 * too long.
 */
public final class RateLimitModule extends BaseModule {

	private final RateLimiter limiter;

	/**
	 * @param inner what this module wraps
	 * @param limiter shared by all stacks of the same target
	 */
	public RateLimitModule(LlmProvider inner, RateLimiter limiter) {
		super(inner);
		this.limiter = limiter;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return GatedCall.flux((actual) -> new RateLimitCall(actual, this.inner, request, this.limiter));
	}

}
