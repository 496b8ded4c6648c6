package io.arcllm.module.attempt;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.module.AttemptLimits;
import io.arcllm.module.BaseModule;
import io.arcllm.module.EventStep;
import io.arcllm.module.Scope;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;

/**
 * A gate: sets the longest silence of every attempt inside it. The contract module
 * enforces the limits, because only that module sees what was delivered.
 */
public final class TimeoutModule extends BaseModule {

	private final AttemptLimits limits;

	/**
	 * @param inner the provider whose attempts are limited
	 * @param settings how long it may be silent
	 */
	public TimeoutModule(LlmProvider inner, TimeoutSettings settings) {
		super(inner);
		this.limits = new AttemptLimits(settings.attempt(), settings.firstToken(), settings.idle(), settings.minRate(),
				settings.unread());
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return each(request);
	}

	@Override
	protected void subscribe(LlmRequest request, CoreSubscriber<? super LlmEvent> actual) {
		Context outer = actual.currentContext();
		ask(this.inner, request, new EventStep.Within(actual, Scope.of(outer).within(this.limits).into(outer)));
	}

}
