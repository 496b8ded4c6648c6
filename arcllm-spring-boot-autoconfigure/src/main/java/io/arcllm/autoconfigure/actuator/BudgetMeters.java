package io.arcllm.autoconfigure.actuator;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.arcllm.CallOptions;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.module.Hook;
import io.arcllm.module.budget.BudgetLedger;
import io.arcllm.module.budget.BudgetLimit;
import io.arcllm.module.budget.BudgetSettings;
import io.arcllm.module.budget.BudgetStatus;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

/**
 * Shows the configured limits of budgets as gauges, including those of single providers.
 * Tenants and labels are no tags.
 */
public final class BudgetMeters {

	private final BudgetLedger ledger;

	private final ModuleSettings settings;

	private final Supplier<List<String>> providers;

	private final MultiGauge spent;

	private final MultiGauge reserved;

	private final MultiGauge amount;

	private final Hook hook = new Hook("A meter of a budget");

	/**
	 * @param registry has the meters
	 * @param ledger has what is spent
	 * @param settings the limits
	 * @param providers the names of all providers, which may have limits of their own
	 */
	public BudgetMeters(MeterRegistry registry, BudgetLedger ledger, ModuleSettings settings,
			Supplier<List<String>> providers) {
		this.ledger = ledger;
		this.settings = settings;
		this.providers = providers;
		this.spent = gauge(registry, "arcllm.budget.spent", "Money spent in this window");
		this.reserved = gauge(registry, "arcllm.budget.reserved", "Money held for calls under way");
		this.amount = gauge(registry, "arcllm.budget.amount", "Money that may be spent in a window");
		show();
	}

	private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
		return MultiGauge.builder(name).description(description).register(registry);
	}

	/**
	 * Shows exactly the limits that are configured now.
	 */
	public void show() {
		this.hook.run(() -> {
			Map<Tags, BudgetLimit> limits = limits();
			rows(this.spent, limits, (limit) -> sum(limit, BudgetStatus::spent));
			rows(this.reserved, limits, (limit) -> sum(limit, BudgetStatus::reserved));
			rows(this.amount, limits, (limit) -> limit.amount().doubleValue());
		});
	}

	/**
	 * The limits for all providers come first, because a limit of one provider may have
	 * the same name.
	 */
	private Map<Tags, BudgetLimit> limits() {
		List<@Nullable String> places = new ArrayList<>();
		places.add(null);
		places.addAll(this.providers.get());
		Map<Tags, BudgetLimit> limits = new LinkedHashMap<>();
		for (String place : places) {
			if (this.settings.enabled("budget", place, CallOptions.NONE)) {
				this.settings.configured("budget", BudgetSettings.class, place)
					.limits()
					.forEach((limit) -> limits.putIfAbsent(Tags.of("limit", limit.name(), "scope",
							limit.scope().toString(), "currency", limit.currency()), limit));
			}
		}
		return limits;
	}

	private static void rows(MultiGauge gauge, Map<Tags, BudgetLimit> limits, ToDoubleFunction<BudgetLimit> value) {
		List<MultiGauge.Row<?>> rows = new ArrayList<>();
		limits.forEach((tags, limit) -> rows.add(MultiGauge.Row.of(tags, limit, value)));
		gauge.register(rows, true);
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
