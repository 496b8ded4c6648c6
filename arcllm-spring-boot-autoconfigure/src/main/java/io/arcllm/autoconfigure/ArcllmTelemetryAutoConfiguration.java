package io.arcllm.autoconfigure;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.arcllm.CallOptions;
import io.arcllm.autoconfigure.actuator.BreakerMeters;
import io.arcllm.autoconfigure.actuator.MicrometerGauges;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.stack.Gauges;
import io.arcllm.autoconfigure.stack.Targets;
import io.arcllm.autoconfigure.stack.TelemetryFactory;
import io.arcllm.module.circuitbreaker.BreakerListener;
import io.arcllm.module.telemetry.CallMeters;
import io.arcllm.module.telemetry.ModelTags;
import io.arcllm.module.telemetry.Observations;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Observes and counts calls where Micrometer is set up.
 */
@AutoConfiguration(before = ArcllmAutoConfiguration.class, after = ArcllmPropertiesAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
public final class ArcllmTelemetryAutoConfiguration {

	/**
	 * Observations.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ObservationRegistry.class)
	@ConditionalOnBean(ObservationRegistry.class)
	static class Observing {

		@Bean
		TelemetryFactory arcllmTelemetry(ObservationRegistry registry, Targets targets) {
			return new TelemetryFactory(new Observations(registry, new ModelTags(targets.all())));
		}

	}

	/**
	 * Meters.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	@ConditionalOnBean(MeterRegistry.class)
	static class Metering {

		@Bean
		@ConditionalOnMissingBean
		CallMeters arcllmCallMeters(MeterRegistry registry, Targets targets, ModuleSettings settings) {
			Map<String, Boolean> wanted = new ConcurrentHashMap<>();
			return new CallMeters(registry, new ModelTags(targets.all()), (provider) -> wanted.computeIfAbsent(provider,
					(one) -> settings.enabled(TelemetryFactory.NAME, one, CallOptions.NONE)));
		}

		@Bean
		BreakerListener arcllmBreakerMeters(MeterRegistry registry, Targets targets) {
			return new BreakerMeters(registry, new ModelTags(targets.all()));
		}

		@Bean
		Gauges arcllmGauges(MeterRegistry registry, Targets targets) {
			return new MicrometerGauges(registry, new ModelTags(targets.all()));
		}

	}

}
