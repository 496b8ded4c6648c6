package io.arcllm.module.telemetry;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.BaseModule;
import io.arcllm.module.telemetry.LlmObservationContext.Level;
import reactor.core.publisher.Flux;

/**
 * An observer: one observation a call.
 */
public final class TelemetryModule extends BaseModule {

	private final Target target;

	private final Observations observations;

	/**
	 * @param inner what this module wraps
	 * @param target who is asked first
	 * @param observations where they go
	 */
	public TelemetryModule(LlmProvider inner, Target target, Observations observations) {
		super(inner);
		this.target = target;
		this.observations = observations;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return this.observations.observe(Level.CALL, this.target, request, this.inner.exchange(request));
	}

}
