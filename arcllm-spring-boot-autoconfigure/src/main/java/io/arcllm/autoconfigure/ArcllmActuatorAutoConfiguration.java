package io.arcllm.autoconfigure;

import io.arcllm.LlmProviders;
import io.arcllm.autoconfigure.actuator.ArcllmEndpoint;
import io.arcllm.autoconfigure.actuator.ArcllmHealthIndicator;
import io.arcllm.autoconfigure.actuator.Decisions;
import io.arcllm.autoconfigure.actuator.Inventory;
import io.arcllm.autoconfigure.stack.ProviderSwitches;
import io.arcllm.autoconfigure.stack.Stacks;
import io.arcllm.autoconfigure.stack.Targets;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Shows what runs in the actuator, where there is one.
 */
@AutoConfiguration(after = { ArcllmAutoConfiguration.class, ArcllmCircuitBreakerAutoConfiguration.class })
public final class ArcllmActuatorAutoConfiguration {

	@Bean
	Inventory arcllmInventory(Targets targets, Stacks stacks, ProviderSwitches switches, Decisions decisions,
			LlmProviders providers) {
		return new Inventory(targets, stacks, switches, decisions, providers);
	}

	/**
	 * The endpoint.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
	static class Showing {

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnAvailableEndpoint
		ArcllmEndpoint arcllmEndpoint(Inventory inventory) {
			return new ArcllmEndpoint(inventory);
		}

	}

	/**
	 * The health contributor.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
	@ConditionalOnBean(name = "arcllmCircuitBreaker")
	@ConditionalOnEnabledHealthIndicator("arcllm")
	static class Health {

		@Bean
		@ConditionalOnMissingBean(name = "arcllmHealthIndicator")
		HealthIndicator arcllmHealthIndicator(Inventory inventory) {
			return new ArcllmHealthIndicator(inventory);
		}

	}

}
