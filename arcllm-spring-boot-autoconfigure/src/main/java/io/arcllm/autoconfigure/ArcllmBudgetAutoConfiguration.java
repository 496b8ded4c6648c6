package io.arcllm.autoconfigure;

import java.util.List;
import java.util.function.Supplier;

import io.arcllm.CallOptions;
import io.arcllm.autoconfigure.actuator.BudgetMeters;
import io.arcllm.autoconfigure.actuator.ResetBudget;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.module.BudgetFactory;
import io.arcllm.autoconfigure.module.LettuceConnection;
import io.arcllm.autoconfigure.stack.ChainFactory;
import io.arcllm.autoconfigure.stack.Prices;
import io.arcllm.autoconfigure.stack.Targets;
import io.arcllm.module.ModuleClock;
import io.arcllm.module.budget.BudgetExhausted;
import io.arcllm.module.budget.BudgetLedger;
import io.arcllm.module.budget.BudgetLimit;
import io.arcllm.module.budget.BudgetListener;
import io.arcllm.module.budget.BudgetRedis;
import io.arcllm.module.budget.BudgetSettings;
import io.arcllm.module.budget.BudgetWarning;
import io.arcllm.module.ratelimit.RedisConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Budgets, shared through Redis where it is on the class path.
 */
@AutoConfiguration(before = ArcllmAutoConfiguration.class, after = ArcllmPropertiesAutoConfiguration.class,
		afterName = { "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@Import(LettuceConnection.Connecting.class)
public final class ArcllmBudgetAutoConfiguration {

	private final ModuleClock clock = new ModuleClock();

	@Bean
	BudgetListener arcllmBudgetAnnouncer(ApplicationEventPublisher events) {
		return new BudgetListener() {

			@Override
			public void warning(BudgetWarning warning) {
				events.publishEvent(warning);
			}

			@Override
			public void exhausted(BudgetExhausted exhausted) {
				events.publishEvent(exhausted);
			}

		};
	}

	@Bean
	@ConditionalOnMissingBean
	BudgetLedger arcllmBudgetLedger(ObjectProvider<BudgetListener> listeners, ObjectProvider<BudgetStores> stores) {
		BudgetStores redis = stores.getIfAvailable();
		Supplier<BudgetRedis> connection = (redis == null) ? null : redis.redis();
		return new BudgetLedger(this.clock, BudgetListener.all(listeners.orderedStream().toList()), connection);
	}

	@Bean
	BudgetFactory arcllmBudget(ModuleSettings settings, BudgetLedger ledger, Targets targets, ChainFactory chains,
			ObjectProvider<BudgetStores> stores) {
		BudgetStores redis = stores.getIfAvailable();
		BudgetFactory factory = new BudgetFactory(settings, ledger, new Prices(targets, settings), this.clock,
				redis != null && redis.redis() != null);
		factory.check(targets, chains);
		return factory;
	}

	/**
	 * The connection to Redis, if there is one.
	 */
	record BudgetStores(@Nullable Supplier<BudgetRedis> redis) {
	}

	/**
	 * Shared levels.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(StatefulRedisConnection.class)
	static class Sharing {

		@Bean
		BudgetStores arcllmBudgetStores(ObjectProvider<RedisConnection> connections) {
			RedisConnection connection = connections.getIfAvailable();
			return new BudgetStores((connection == null) ? null : () -> connection::connect);
		}

	}

	/**
	 * The actuator's action.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Endpoint.class)
	static class SteppingIn {

		@Bean
		ResetBudget arcllmResetBudget(BudgetLedger ledger, ModuleSettings settings) {
			return new ResetBudget(ledger,
					() -> !settings.enabled("budget", null, CallOptions.NONE) ? List.of()
							: settings.configured("budget", BudgetSettings.class, null)
								.limits()
								.stream()
								.map(BudgetLimit::name)
								.toList());
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
		BudgetMeters arcllmBudgetMeters(MeterRegistry registry, BudgetLedger ledger, ModuleSettings settings,
				Targets targets, BudgetFactory factory) {
			BudgetMeters meters = new BudgetMeters(registry, ledger, settings, targets::names);
			factory.watch(meters::show);
			return meters;
		}

	}

}
