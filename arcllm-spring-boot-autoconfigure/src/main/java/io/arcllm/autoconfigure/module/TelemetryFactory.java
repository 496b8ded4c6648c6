package io.arcllm.autoconfigure.module;

import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.module.telemetry.Observations;
import io.arcllm.module.telemetry.TelemetryModule;
import io.arcllm.module.telemetry.TelemetryModule.AttemptTelemetryModule;

/**
 * Puts observations into stacks: one for each call, and one for each attempt.
 *
 * @param observations makes the observations
 */
public record TelemetryFactory(Observations observations) implements ModuleFactory {

	@Override
	public String name() {
		return "telemetry";
	}

	@Override
	public LlmProvider around(LlmProvider inner, StackPosition position) {
		return new TelemetryModule(inner, position.target(), this.observations);
	}

	@Override
	public boolean wrapsAttempts() {
		return true;
	}

	@Override
	public LlmProvider aroundAttempt(LlmProvider attempt, StackPosition position) {
		return new AttemptTelemetryModule(attempt, position.target(), this.observations);
	}

}
