package io.arcllm.autoconfigure.stack;

import java.util.List;
import java.util.Map;

import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.config.Text;
import io.arcllm.module.Readiness;
import io.arcllm.module.circuitbreaker.Breaker;
import io.arcllm.module.circuitbreaker.BreakerListener;
import io.arcllm.module.circuitbreaker.BreakerState;
import io.arcllm.module.circuitbreaker.CircuitBreakerCustomizer;
import io.arcllm.module.circuitbreaker.CircuitBreakerModule;
import io.arcllm.module.circuitbreaker.CircuitBreakerSettings;

/**
 * Puts circuit breakers into stacks, one a target.
 */
public final class CircuitBreakerFactory implements ModuleFactory {

	static final String NAME = "circuit-breaker";

	private final BreakerListener listener;

	private final List<CircuitBreakerCustomizer> customizers;

	private final Gauges gauges;

	private final Engines<CircuitBreakerSettings, Breaker> breakers;

	public CircuitBreakerFactory(ModuleSettings settings, BreakerListener listener,
			List<CircuitBreakerCustomizer> customizers, Gauges gauges) {
		this.breakers = new Engines<>((place) -> settings.bind(NAME, CircuitBreakerSettings.class, place),
				this::create);
		this.listener = listener;
		this.customizers = customizers;
		this.gauges = gauges;
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public LlmProvider around(LlmProvider inner, StackPosition place) {
		return new CircuitBreakerModule(inner, this.breakers.of(place));
	}

	@Override
	public Readiness readiness(StackPosition place) {
		return this.breakers.of(place);
	}

	@Override
	public Map<Target, List<?>> states() {
		return ModuleFactory.states(this.breakers, Breaker::status);
	}

	/** The breakers that were needed so far. */
	public List<Breaker> breakers() {
		return this.breakers.all();
	}

	private Breaker create(Target target, CircuitBreakerSettings settings) {
		Breaker breaker = new Breaker(target, settings, this.listener,
				(config) -> this.customizers.forEach((customizer) -> customizer.customize(target, config)));
		for (BreakerState state : BreakerState.values()) {
			this.gauges.gauge("arcllm.circuitbreaker.state", target, () -> (breaker.status().state() == state) ? 1 : 0,
					"state", Text.dashed(state));
		}
		return breaker;
	}

}
