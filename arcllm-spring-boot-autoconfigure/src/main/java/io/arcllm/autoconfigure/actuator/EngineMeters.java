package io.arcllm.autoconfigure.actuator;

import java.time.Duration;
import java.util.function.Supplier;

import io.arcllm.Target;
import io.arcllm.autoconfigure.config.Text;
import io.arcllm.autoconfigure.module.Gauges;
import io.arcllm.module.Hook;
import io.arcllm.module.circuitbreaker.BreakerListener;
import io.arcllm.module.circuitbreaker.BreakerState;
import io.arcllm.module.telemetry.ModelTags;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Shows the levels of configured targets as gauges, and counts the changes of their
 * breakers; models that are not configured get no gauge.
 *
 * @param registry has the meters
 * @param models gives the tags of models
 * @param hook registers them
 */
public record EngineMeters(MeterRegistry registry, ModelTags models, Hook hook) implements Gauges, BreakerListener {

	public EngineMeters(MeterRegistry registry, ModelTags models) {
		this(registry, models, new Hook("A meter of a target"));
	}

	@Override
	public void gauge(String name, Target target, Supplier<Number> value, String... tags) {
		if (this.models.isConfigured(target)) {
			this.hook.run(() -> Gauge.builder(name, value)
				.tags("provider", target.provider(), "model", this.models.of(target))
				.tags(tags)
				.strongReference(true)
				.register(this.registry));
		}
	}

	@Override
	public void changed(Target target, BreakerState from, BreakerState to, @Nullable Duration openFor) {
		Counter.builder("arcllm.circuitbreaker.transitions")
			.description("Changes of state of circuit breakers")
			.tags("provider", target.provider(), "model", this.models.of(target))
			.tags("from", Text.dashed(from), "to", Text.dashed(to))
			.register(this.registry)
			.increment();
	}

}
