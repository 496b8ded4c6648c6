package io.arcllm.autoconfigure;

import java.util.List;

import io.arcllm.CallerContext;
import io.arcllm.Target;
import io.arcllm.autoconfigure.actuator.BreakerAnnouncer;
import io.arcllm.autoconfigure.actuator.Decisions;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.Text;
import io.arcllm.autoconfigure.module.CircuitBreakerFactory;
import io.arcllm.autoconfigure.module.Gauges;
import io.arcllm.autoconfigure.stack.Targets;
import io.arcllm.module.Hook;
import io.arcllm.module.circuitbreaker.Breaker;
import io.arcllm.module.circuitbreaker.BreakerListener;
import io.arcllm.module.circuitbreaker.BreakerState;
import io.arcllm.module.circuitbreaker.CircuitBreakerCustomizer;
import io.arcllm.module.circuitbreaker.CircuitBreakerSettings;
import io.arcllm.provider.key.ApiKeys;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/**
 * Circuit breakers, where Resilience4j is on the class path.
 */
@AutoConfiguration(before = ArcllmAutoConfiguration.class, after = ArcllmPropertiesAutoConfiguration.class)
@ConditionalOnClass(CircuitBreaker.class)
public final class ArcllmCircuitBreakerAutoConfiguration {

	private static final String NAME = "circuit-breaker";

	@Bean
	BreakerListener arcllmBreakerAnnouncer(ApplicationEventPublisher events, Decisions decisions,
			ObjectProvider<Targets> targets) {
		return new BreakerAnnouncer(events, decisions, (target) -> targets.getObject().isMadeUp(target));
	}

	@Bean
	CircuitBreakerFactory arcllmCircuitBreaker(ModuleSettings settings, ObjectProvider<BreakerListener> listeners,
			ObjectProvider<CircuitBreakerCustomizer> customizers, ObjectProvider<Gauges> gauges,
			ObjectProvider<Targets> targets, ObjectProvider<CallerContext.Capture> captures) {
		CallerContext.Capture capture = captures.getIfAvailable(() -> CallerContext.Capture.NOTHING);
		BreakerListener listener = BreakerListener.all(listeners.orderedStream().toList());
		List<CircuitBreakerCustomizer> all = customizers.orderedStream().toList();
		Gauges shown = gauges.getIfAvailable(() -> Gauges.NONE);
		Hook hook = new Hook("A CircuitBreakerCustomizer");
		return new CircuitBreakerFactory(settings,
				(target, own) -> shown(new Breaker(target, own, listener,
						(config) -> all.forEach((one) -> hook.run(() -> one.customize(target, config))), capture),
						target, shown),
				(provider) -> endpoint(settings, targets.getObject().definition(provider)),
				(provider) -> haveTenantsKeys(targets.getObject().keys(provider)));
	}

	private static boolean haveTenantsKeys(@Nullable ApiKeys keys) {
		return keys != null && keys.areOfTenants();
	}

	/**
	 * A host in front of many vendors has no breaker of its own by default, because only
	 * one vendor behind it may be down.
	 */
	private static @Nullable String endpoint(ModuleSettings settings, @Nullable ProviderDefinition definition) {
		if (definition == null) {
			return null;
		}
		boolean chosen = settings.configured(NAME, definition.name(), "endpoint").isPresent();
		return (chosen || !definition.frontsManyVendors()) ? definition.endpoint() : null;
	}

	private static Breaker shown(Breaker breaker, Target target, Gauges gauges) {
		for (BreakerState state : BreakerState.values()) {
			gauges.gauge("arcllm.circuitbreaker.state", target, () -> (breaker.status().state() == state) ? 1 : 0,
					"state", Text.dashed(state));
		}
		return breaker;
	}

}
