package io.arcllm.autoconfigure;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.arcllm.CallOptions;
import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.actuator.EngineMeters;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.autoconfigure.stack.Targets;
import io.arcllm.module.telemetry.CallMeters;
import io.arcllm.module.telemetry.ModelTags;
import io.arcllm.module.telemetry.Observations;
import io.arcllm.module.telemetry.TelemetryModule;
import io.arcllm.module.telemetry.TelemetryModule.AttemptTelemetryModule;
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

	private static final String NAME = "telemetry";

	/**
	 * Observations.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ObservationRegistry.class)
	@ConditionalOnBean(ObservationRegistry.class)
	static class Observing {

		@Bean
		ModuleFactory arcllmTelemetry(ObservationRegistry registry, Targets targets) {
			return new TelemetryFactory(new Observations(registry, new ModelTags(targets.all())));
		}

		/**
		 * Puts observations into stacks: one a call, and one an attempt.
		 */
		private record TelemetryFactory(Observations observations) implements ModuleFactory {

			@Override
			public String name() {
				return NAME;
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
					(one) -> settings.enabled(NAME, one, CallOptions.NONE)));
		}

		@Bean
		EngineMeters arcllmEngineMeters(MeterRegistry registry, Targets targets) {
			return new EngineMeters(registry, new ModelTags(targets.all()));
		}

	}

}
