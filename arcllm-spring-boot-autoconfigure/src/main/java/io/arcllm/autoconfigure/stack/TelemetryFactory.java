package io.arcllm.autoconfigure.stack;

import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.module.telemetry.Observations;
import io.arcllm.module.telemetry.TelemetryModule;
import io.arcllm.module.telemetry.TelemetryModule.AttemptTelemetryModule;

/**
 * Puts observations into stacks: one a call, and one an attempt.
 */
public record TelemetryFactory(Observations observations) implements ModuleFactory {

	public static final String NAME = "telemetry";

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public LlmProvider around(LlmProvider inner, StackPosition place) {
		return new TelemetryModule(inner, place.target(), this.observations);
	}

	@Override
	public LlmProvider aroundAttempt(LlmProvider attempt, StackPosition place) {
		return new AttemptTelemetryModule(attempt, place.target(), this.observations);
	}

}
