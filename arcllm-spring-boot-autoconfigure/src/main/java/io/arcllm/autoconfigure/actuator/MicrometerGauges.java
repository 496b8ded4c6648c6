package io.arcllm.autoconfigure.actuator;

import java.util.function.Supplier;

import io.arcllm.Target;
import io.arcllm.autoconfigure.stack.Gauges;
import io.arcllm.module.telemetry.ModelTags;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Shows the levels of configured targets as gauges; what callers make up gets none.
 */
public record MicrometerGauges(MeterRegistry registry, ModelTags models) implements Gauges {

	@Override
	public void gauge(String name, Target target, Supplier<Number> value, String... tags) {
		if (this.models.isConfigured(target)) {
			Gauge.builder(name, value)
				.tags("provider", target.provider(), "model", this.models.of(target))
				.tags(tags)
				.strongReference(true)
				.register(this.registry);
		}
	}

}
