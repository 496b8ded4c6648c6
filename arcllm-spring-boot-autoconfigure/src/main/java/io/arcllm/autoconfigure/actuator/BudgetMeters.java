package io.arcllm.autoconfigure.actuator;

import java.math.BigDecimal;
import java.util.function.Function;

import io.arcllm.CallOptions;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.module.Hook;
import io.arcllm.module.budget.BudgetLedger;
import io.arcllm.module.budget.BudgetLimit;
import io.arcllm.module.budget.BudgetSettings;
import io.arcllm.module.budget.BudgetStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Shows the configured limits of budgets as gauges, each for all that it counts together:
 * tenants and labels are no tags.
 */
public final class BudgetMeters {

	private final BudgetLedger ledger;

	/**
	 * @param registry has the meters
	 * @param ledger what is spent
	 * @param settings the limits
	 */
	public BudgetMeters(MeterRegistry registry, BudgetLedger ledger, ModuleSettings settings) {
		this.ledger = ledger;
		Hook hook = new Hook("A meter of a budget");
		if (settings.enabled("budget", null, CallOptions.NONE)) {
			settings.configured("budget", BudgetSettings.class, null)
				.limits()
				.forEach((limit) -> hook.run(() -> gauges(registry, limit)));
		}
	}

	private void gauges(MeterRegistry registry, BudgetLimit limit) {
		gauge(registry, "arcllm.budget.spent", "Money spent in this window", limit, BudgetStatus::spent);
		gauge(registry, "arcllm.budget.reserved", "Money held for calls under way", limit, BudgetStatus::reserved);
		Gauge.builder("arcllm.budget.amount", limit, (one) -> one.amount().doubleValue())
			.description("Money that may be spent in a window")
			.tags("limit", limit.name(), "scope", limit.scope().toString(), "currency", limit.currency())
			.strongReference(true)
			.register(registry);
	}

	private void gauge(MeterRegistry registry, String name, String description, BudgetLimit limit,
			Function<BudgetStatus, BigDecimal> value) {
		Gauge.builder(name, () -> sum(limit, value))
			.description(description)
			.tags("limit", limit.name(), "scope", limit.scope().toString(), "currency", limit.currency())
			.strongReference(true)
			.register(registry);
	}

	private double sum(BudgetLimit limit, Function<BudgetStatus, BigDecimal> value) {
		return this.ledger.status()
			.stream()
			.filter((status) -> status.limit().equals(limit.name()))
			.map(value)
			.reduce(BigDecimal.ZERO, BigDecimal::add)
			.doubleValue();
	}

}
