package io.arcllm.module.telemetry;

import java.util.concurrent.atomic.AtomicBoolean;

import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.micrometer.observation.Observation;

/**
 * Ends an observation once, before the caller hears of the end. The answer is the end:
 * who has it may cancel what comes after it.
 */
final class Watch {

	private final Observation observation;

	private final LlmObservationContext context;

	private final AtomicBoolean over = new AtomicBoolean();

	Watch(Observation observation, LlmObservationContext context) {
		this.observation = observation;
		this.context = context;
	}

	void next(LlmEvent event) {
		LlmResponse response = event.answer();
		if (response != null && this.over.compareAndSet(false, true)) {
			this.context.answered(response);
			this.observation.stop();
		}
	}

	void failed(Throwable failure) {
		if (this.over.compareAndSet(false, true)) {
			this.observation.error(failure).stop();
		}
	}

	void cancelled() {
		if (this.over.compareAndSet(false, true)) {
			this.context.cancelled();
			this.observation.stop();
		}
	}

}
