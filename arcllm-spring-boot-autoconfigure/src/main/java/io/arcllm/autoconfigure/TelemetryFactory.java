package io.arcllm.autoconfigure;

import io.arcllm.LlmProvider;
import io.arcllm.module.telemetry.AttemptTelemetryModule;
import io.arcllm.module.telemetry.Observations;
import io.arcllm.module.telemetry.TelemetryModule;

/**
 * Puts observations into stacks: one a call, and one an attempt.
 */
record TelemetryFactory(Observations observations) implements ModuleFactory {

	static final String NAME = "telemetry";

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public LlmProvider around(LlmProvider inner, Place place) {
		return new TelemetryModule(inner, place.target(), this.observations);
	}

	@Override
	public LlmProvider aroundAttempt(LlmProvider attempt, Place place) {
		return new AttemptTelemetryModule(attempt, place.target(), this.observations);
	}

}
