package io.arcllm.module.telemetry;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import io.arcllm.module.EventStep;
import io.arcllm.module.telemetry.LlmObservationContext.Level;
import reactor.core.publisher.Flux;

/**
 * An observer: one observation for each call.
 */
public final class TelemetryModule extends BaseModule {

	private final Target target;

	private final Observations observations;

	/**
	 * @param inner what this module wraps
	 * @param target the target that is asked first
	 * @param observations makes the observations
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

	/**
	 * An observer: one observation for each attempt, inside that of its call.
	 */
	public static final class AttemptTelemetryModule extends BaseModule {

		private final Target target;

		private final Observations observations;

		/**
		 * @param inner what this module wraps
		 * @param target the target that is asked
		 * @param observations makes the observations
		 */
		public AttemptTelemetryModule(LlmProvider inner, Target target, Observations observations) {
			super(inner);
			this.target = target;
			this.observations = observations;
		}

		/** A call without attempts left makes no attempt to observe. */
		@Override
		public Flux<LlmEvent> exchange(LlmRequest request) {
			Flux<LlmEvent> answer = this.inner.exchange(request);
			Flux<LlmEvent> observed = this.observations.observe(Level.ATTEMPT, this.target, request, answer);
			return EventStep.defer((context) -> Call.of(context).hasAttemptsLeft() ? observed : answer);
		}

		/**
		 * The provider alone, because the stack shows the module once.
		 */
		@Override
		public String toString() {
			return this.inner.toString();
		}

	}

}
