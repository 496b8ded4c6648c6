package io.arcllm.autoconfigure;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.arcllm.CallOptions;
import io.arcllm.CallerContext;
import io.arcllm.autoconfigure.actuator.EngineMeters;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.ProviderDefinitions;
import io.arcllm.provider.Presets;
import io.arcllm.module.telemetry.TelemetrySettings;
import io.arcllm.module.telemetry.VendorNames;
import io.arcllm.module.telemetry.VendorNames.Vendor;
import io.arcllm.autoconfigure.module.TelemetryFactory;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.autoconfigure.stack.Targets;
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

	private static final String NAME = "telemetry";

	/** Vendors by the presets of their providers. */
	private static VendorNames vendors(ProviderDefinitions definitions, Presets presets) {
		Map<String, Vendor> vendors = new LinkedHashMap<>();
		definitions.all().forEach((one) -> vendors.put(one.name(), vendor(one, presets)));
		return new VendorNames(vendors);
	}

	/** A provider without a known vendor is named by its wire format. */
	private static Vendor vendor(ProviderDefinition definition, Presets presets) {
		URI url = URI.create(definition.baseUrl());
		int port = (url.getPort() > 0) ? url.getPort() : definition.isEncrypted() ? 443 : 80;
		boolean known = presets.find(definition.name()).isPresent();
		return new Vendor(known ? definition.name() : definition.type(), url.getHost(), port);
	}

	/**
	 * The context of callers.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = { "io.micrometer.context.ContextSnapshotFactory", "org.slf4j.MDC" })
	static class Propagating {

		@Bean
		@ConditionalOnMissingBean
		CallerContext.Capture arcllmCallerContext() {
			return new ThreadLocalCapture();
		}

		@Bean
		@ConditionalOnBean(ObservationRegistry.class)
		ScopeGuard arcllmScopeGuard() {
			return new ScopeGuard();
		}

	}

	/**
	 * Observations.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ObservationRegistry.class)
	@ConditionalOnBean(ObservationRegistry.class)
	static class Observing {

		@Bean
		ModuleFactory arcllmTelemetry(ObservationRegistry registry, Targets targets, ProviderDefinitions definitions,
				Presets presets) {
			return new TelemetryFactory(
					new Observations(registry, new ModelTags(targets.all()), vendors(definitions, presets)));
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
		CallMeters arcllmCallMeters(MeterRegistry registry, Targets targets, ModuleSettings settings,
				ProviderDefinitions definitions, Presets presets) {
			Map<String, Boolean> wanted = new ConcurrentHashMap<>();
			return new CallMeters(registry, new ModelTags(targets.all()),
					(provider) -> wanted.computeIfAbsent(provider,
							(one) -> settings.enabled(NAME, one, CallOptions.NONE)),
					vendors(definitions, presets),
					settings.bind(NAME, TelemetrySettings.class, null, CallOptions.NONE).tenants());
		}

		@Bean
		EngineMeters arcllmEngineMeters(MeterRegistry registry, Targets targets) {
			return new EngineMeters(registry, new ModelTags(targets.all()));
		}

	}

}
