package io.arcllm.autoconfigure;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.arcllm.PiiDetector;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.module.RedactionFactory;
import io.arcllm.module.redaction.RedactionListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Removes personal data from requests and answers, and counts removals by type where
 * Micrometer is set up.
 */
@AutoConfiguration(before = ArcllmAutoConfiguration.class, after = ArcllmPropertiesAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
public final class ArcllmRedactionAutoConfiguration {

	@Bean
	RedactionFactory arcllmRedaction(ModuleSettings settings, ObjectProvider<PiiDetector> detectors,
			ObjectProvider<RedactionListener> listener) {
		return new RedactionFactory(settings, detectors.orderedStream().toList(),
				listener.getIfAvailable(() -> RedactionListener.NONE));
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
		RedactionListener arcllmRedactionMeters(MeterRegistry registry) {
			ConcurrentMap<String, Counter> counters = new ConcurrentHashMap<>();
			return (type) -> counters.computeIfAbsent(type, (one) -> counter(one, registry)).increment();
		}

		private static Counter counter(String type, MeterRegistry registry) {
			return Counter.builder("arcllm.redactions")
				.description("What was taken out of requests and answers")
				.tags("type", type)
				.register(registry);
		}

	}

}
