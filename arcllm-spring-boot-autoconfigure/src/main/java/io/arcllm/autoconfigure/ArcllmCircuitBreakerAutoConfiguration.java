package io.arcllm.autoconfigure;

import java.util.List;

import io.arcllm.autoconfigure.actuator.BreakerAnnouncer;
import io.arcllm.autoconfigure.actuator.Decisions;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.stack.CircuitBreakerFactory;
import io.arcllm.autoconfigure.stack.Gauges;
import io.arcllm.module.circuitbreaker.BreakerListener;
import io.arcllm.module.circuitbreaker.CircuitBreakerCustomizer;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/**
 * Offers circuit breakers where Resilience4j is on the class path.
 */
@AutoConfiguration(before = ArcllmAutoConfiguration.class, after = ArcllmPropertiesAutoConfiguration.class)
@ConditionalOnClass(CircuitBreaker.class)
public final class ArcllmCircuitBreakerAutoConfiguration {

	@Bean
	BreakerListener arcllmBreakerAnnouncer(ApplicationEventPublisher events, Decisions decisions) {
		return new BreakerAnnouncer(events, decisions);
	}

	@Bean
	CircuitBreakerFactory arcllmCircuitBreaker(ModuleSettings settings, ObjectProvider<BreakerListener> listeners,
			ObjectProvider<CircuitBreakerCustomizer> customizers, ObjectProvider<Gauges> gauges) {
		List<BreakerListener> all = listeners.orderedStream().toList();
		return new CircuitBreakerFactory(settings, BreakerListener.all(all), customizers.orderedStream().toList(),
				gauges.getIfAvailable(() -> Gauges.NONE));
	}

}
