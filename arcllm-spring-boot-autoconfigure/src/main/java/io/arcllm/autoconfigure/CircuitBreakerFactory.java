package io.arcllm.autoconfigure;

import java.util.List;
import java.util.Map;

import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.module.Readiness;
import io.arcllm.module.circuitbreaker.Breaker;
import io.arcllm.module.circuitbreaker.BreakerListener;
import io.arcllm.module.circuitbreaker.BreakerState;
import io.arcllm.module.circuitbreaker.CircuitBreakerModule;
import io.arcllm.module.circuitbreaker.CircuitBreakerSettings;

/**
 * Puts circuit breakers into stacks, one a target.
 */
final class CircuitBreakerFactory implements ModuleFactory {

	static final String NAME = "circuit-breaker";

	private final BreakerListener listener;

	private final List<CircuitBreakerCustomizer> customizers;

	private final Gauges gauges;

	private final Engines<CircuitBreakerSettings, Breaker> breakers;

	CircuitBreakerFactory(ModuleSettings settings, BreakerListener listener, List<CircuitBreakerCustomizer> customizers,
			Gauges gauges) {
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
	public LlmProvider around(LlmProvider inner, Place place) {
		return new CircuitBreakerModule(inner, this.breakers.of(place));
	}

	@Override
	public Readiness readiness(Place place) {
		return this.breakers.of(place);
	}

	@Override
	public Map<Target, List<?>> states() {
		return ModuleFactory.states(this.breakers, Breaker::status);
	}

	/** The breakers that were needed so far. */
	List<Breaker> breakers() {
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
