package io.arcllm.autoconfigure.actuator;

import java.time.Duration;

import io.arcllm.Target;
import io.arcllm.autoconfigure.config.Text;
import io.arcllm.module.circuitbreaker.BreakerListener;
import io.arcllm.module.circuitbreaker.BreakerState;
import io.arcllm.module.telemetry.ModelTags;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Counts the changes of circuit breakers.
 */
public record BreakerMeters(MeterRegistry registry, ModelTags models) implements BreakerListener {

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
