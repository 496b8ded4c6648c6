package io.arcllm.module.attempt;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.module.AttemptLimits;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Scope;
import reactor.core.publisher.Flux;

/**
 * A gate: bounds the silence of every attempt made inside it. The contract guard keeps
 * the bounds, since it alone sees what was delivered.
 */
public final class TimeoutModule extends BaseModule {

	private final AttemptLimits limits;

	/**
	 * @param inner what to bound
	 * @param settings how long it may be silent
	 */
	public TimeoutModule(LlmProvider inner, TimeoutSettings settings) {
		super(inner);
		this.limits = new AttemptLimits(settings.attempt(), settings.firstToken(), settings.idle(), settings.minRate(),
				settings.unread());
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return this.inner.exchange(request)
			.contextWrite((context) -> Scope.of(context).within(this.limits).into(context));
	}

}
