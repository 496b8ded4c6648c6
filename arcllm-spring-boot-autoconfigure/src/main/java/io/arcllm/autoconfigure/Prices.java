package io.arcllm.autoconfigure;

import java.math.BigDecimal;
import java.util.Objects;

import io.arcllm.Cost;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.autoconfigure.ProviderProperties.Model;
import io.arcllm.autoconfigure.ProviderProperties.Price;
import org.jspecify.annotations.Nullable;

/**
 * What answers of one target cost, by the configured prices.
 */
final class Prices {

	private static final String CURRENCY = "USD";

	private static final int MILLION = 6;

	private final Targets targets;

	private final Target target;

	Prices(Targets targets, Target target) {
		this.targets = targets;
		this.target = target;
	}

	/**
	 * The price of the model that answered, or of the one that was asked where vendors
	 * name it otherwise in their answers, such as with a date.
	 */
	@Nullable Cost of(LlmRequest request, LlmResponse answer) {
		Price price = price(answer.model());
		if (price == null) {
			price = price((request.model() == null) ? this.target.model() : request.model());
		}
		return (price == null) ? null : cost(price, answer.usage());
	}

	private @Nullable Price price(@Nullable String name) {
		Model model = this.targets.model(new Target(this.target.provider(), name));
		return (model == null) ? null : model.price();
	}

	/** Half a price, or half of the tokens, make no cost. */
	private static @Nullable Cost cost(Price price, Usage usage) {
		Integer input = usage.inputTokens();
		Integer output = usage.outputTokens();
		if (price.input() == null || price.output() == null || input == null || output == null) {
			return null;
		}
		int read = Objects.requireNonNullElse(usage.cacheReadTokens(), 0);
		int written = Objects.requireNonNullElse(usage.cacheWriteTokens(), 0);
		BigDecimal sum = of(price.input(), Math.max(0, input - read - written)).add(of(price.output(), output))
			.add(of(Objects.requireNonNullElse(price.cacheRead(), price.input()), read))
			.add(of(Objects.requireNonNullElse(price.cacheWrite(), price.input()), written))
			.movePointLeft(MILLION)
			.stripTrailingZeros();
		return new Cost((sum.scale() < 0) ? sum.setScale(0) : sum, CURRENCY);
	}

	private static BigDecimal of(BigDecimal price, int tokens) {
		return price.multiply(BigDecimal.valueOf(tokens));
	}

}
