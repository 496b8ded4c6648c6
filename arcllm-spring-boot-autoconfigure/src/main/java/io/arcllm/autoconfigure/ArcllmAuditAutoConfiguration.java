package io.arcllm.autoconfigure;

import java.util.Objects;
import java.util.UUID;

import io.arcllm.AuditSink;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.module.AuditFactory;
import io.arcllm.module.Hook;
import io.arcllm.module.ModuleClock;
import io.arcllm.module.audit.Audit;
import io.arcllm.module.audit.AuditSettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.slf4j.MDC;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Records each call: in a log, as an event, or in the application's own sink.
 */
@AutoConfiguration(before = ArcllmAutoConfiguration.class, after = ArcllmPropertiesAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
public final class ArcllmAuditAutoConfiguration {

	private static final String LOGGER = "arcllm.audit";

	@Bean
	AuditFactory arcllmAudit(ModuleSettings settings, ObjectProvider<AuditSink> sink, ApplicationEventPublisher events,
			ObjectProvider<LostRecords> lost) {
		LostRecords counter = lost.getIfAvailable(() -> () -> {
		});
		return new AuditFactory(settings, (one) -> new Audit(one, sink.getIfAvailable(() -> sink(one, events)),
				new ModuleClock(), ArcllmAuditAutoConfiguration::id, counter::count));
	}

	private static AuditSink sink(AuditSettings settings, ApplicationEventPublisher events) {
		if (settings.sink() == AuditSettings.Sink.EVENT) {
			return events::publishEvent;
		}
		Log log = LogFactory.getLog(LOGGER);
		return (record) -> log.info(record.json());
	}

	/** The trace id as in the log, if there is one. */
	private static String id() {
		String trace = MDC.get("traceId");
		return (trace == null || trace.isBlank()) ? UUID.randomUUID().toString() : Objects.requireNonNull(trace);
	}

	/**
	 * Notified of each record that is lost.
	 */
	@FunctionalInterface
	interface LostRecords {

		void count();

	}

	/**
	 * Meters.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	@ConditionalOnBean(MeterRegistry.class)
	static class Metering {

		@Bean
		LostRecords arcllmLostRecords(MeterRegistry registry) {
			Hook hook = new Hook("The meter of lost records");
			hook.run(() -> counter(registry));
			return () -> hook.run(() -> counter(registry).increment());
		}

		private static Counter counter(MeterRegistry registry) {
			return Counter.builder("arcllm.audit.lost")
				.description("Records of audit that could not be kept")
				.register(registry);
		}

	}

}
