package io.arcllm.autoconfigure;

import io.arcllm.autoconfigure.actuator.ArcllmHealthIndicator.DownWhen;
import io.arcllm.autoconfigure.actuator.ArcllmWebExtension;
import io.arcllm.autoconfigure.actuator.EndpointAction;
import io.arcllm.autoconfigure.actuator.Forget;
import io.arcllm.autoconfigure.config.ConfigMistake;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
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
 * The endpoint and the health contributor, where the actuator is present.
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
		ArcllmEndpoint arcllmEndpoint(Inventory inventory, ObjectProvider<EndpointAction> actions) {
			return new ArcllmEndpoint(inventory, actions.orderedStream().toList());
		}

		@Bean
		Forget arcllmForget(Stacks stacks, Targets targets) {
			return new Forget(stacks, targets);
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnBean(ArcllmEndpoint.class)
		@ConditionalOnAvailableEndpoint(ArcllmEndpoint.class)
		ArcllmWebExtension arcllmWebExtension(ArcllmEndpoint endpoint) {
			return new ArcllmWebExtension(endpoint);
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
		HealthIndicator arcllmHealthIndicator(Inventory inventory, Environment environment) {
			return new ArcllmHealthIndicator(inventory, downWhen(environment));
		}

		private static DownWhen downWhen(Environment environment) {
			String key = "management.health.arcllm.down-when";
			try {
				return Binder.get(environment).bind(key, DownWhen.class).orElse(DownWhen.NEVER);
			}
			catch (BindException ex) {
				throw new ConfigMistake(key, "'" + key + "' cannot be read.", "Give one of never, chain-open.");
			}
		}

	}

}
