package io.arcllm.autoconfigure.stack;

import java.math.BigDecimal;
import java.util.Objects;
import java.util.function.Supplier;

import io.arcllm.Cost;
import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.ProviderProperties.Model;
import io.arcllm.autoconfigure.config.ProviderProperties.Price;
import io.arcllm.module.Pricing;
import io.arcllm.module.budget.BudgetSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * The cost of tokens by the configured prices. A price without input or output is none.
 */
public final class Prices implements Pricing {

	private static final int MILLION = 6;

	private final Targets targets;

	private final Supplier<String> currency;

	/**
	 * @param targets the targets, whose models have prices
	 * @param settings has the currency of budgets, which is that of prices
	 */
	public Prices(Targets targets, ModuleSettings settings) {
		this.targets = targets;
		this.currency = SingletonSupplier
			.of(() -> settings.configured("budget", BudgetSettings.class, null).currency());
	}

	@Override
	public @Nullable Cost cost(Target target, Usage usage) {
		Model model = this.targets.model(target);
		Price price = (model == null) ? null : model.price();
		return (price == null || price.input() == null || price.output() == null) ? null
				: cost(price, price.input(), price.output(), usage);
	}

	private Cost cost(Price price, BigDecimal input, BigDecimal output, Usage usage) {
		int read = count(usage.cacheReadTokens());
		int written = count(usage.cacheWriteTokens());
		BigDecimal sum = of(input, Math.max(0, count(usage.inputTokens()) - read - written))
			.add(of(output, count(usage.outputTokens())))
			.add(of(Objects.requireNonNullElse(price.cacheRead(), input), read))
			.add(of(Objects.requireNonNullElse(price.cacheWrite(), input), written))
			.movePointLeft(MILLION)
			.stripTrailingZeros();
		return new Cost((sum.scale() < 0) ? sum.setScale(0) : sum, currency());
	}

	private static int count(@Nullable Integer tokens) {
		return (tokens == null) ? 0 : tokens;
	}

	private static BigDecimal of(BigDecimal price, int tokens) {
		return price.multiply(BigDecimal.valueOf(tokens));
	}

	/**
	 * Whether the price is known; providers of the application report the cost with their
	 * answers.
	 */
	@Override
	public boolean isKnown(Target target) {
		return this.targets.definition(target.provider()) == null || cost(target, Usage.UNKNOWN) != null;
	}

	@Override
	public int longestAnswer(Target target, @Nullable Integer asked) {
		ProviderDefinition definition = this.targets.definition(target.provider());
		Model model = this.targets.model(target);
		Integer longest = (model == null) ? null : model.maxOutput();
		Integer wanted = (asked != null || definition == null) ? asked : definition.defaults().maxTokens();
		if (wanted == null) {
			return count(longest);
		}
		return (longest == null) ? wanted : Math.min(longest, wanted);
	}

	@Override
	public String currency() {
		return this.currency.get();
	}

}
