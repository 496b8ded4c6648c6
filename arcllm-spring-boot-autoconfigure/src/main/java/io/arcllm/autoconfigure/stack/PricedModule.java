package io.arcllm.autoconfigure.stack;

import java.math.BigDecimal;
import java.util.Objects;
import java.util.function.BiFunction;

import io.arcllm.Cost;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.autoconfigure.config.ProviderProperties.Model;
import io.arcllm.autoconfigure.config.ProviderProperties.Price;
import io.arcllm.module.BaseModule;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * An observer: says on each answer what it cost. Absent where no prices are known.
 */
public final class PricedModule extends BaseModule {

	private final BiFunction<LlmRequest, LlmResponse, @Nullable Cost> price;

	/**
	 * @param inner whose answers have a price
	 * @param price what an answer to a request cost; {@code null} where that is not known
	 */
	public PricedModule(LlmProvider inner, BiFunction<LlmRequest, LlmResponse, @Nullable Cost> price) {
		super(inner);
		this.price = price;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return this.inner.exchange(request).map((event) -> {
			LlmResponse answer = event.answer();
			return (answer == null) ? event : new LlmEvent.Completed(priced(request, answer));
		});
	}

	/** A provider of the application's own may know better. */
	private LlmResponse priced(LlmRequest request, LlmResponse answer) {
		return (answer.cost() != null) ? answer : answer.withCost(this.price.apply(request, answer));
	}

	/**
	 * The provider alone: a price changes nothing that calls go through.
	 */
	@Override
	public String toString() {
		return this.inner.toString();
	}

	/**
	 * What answers of one target cost, by the configured prices.
	 */
	static final class Prices {

		private static final String CURRENCY = "USD";

		private static final int MILLION = 6;

		private final Targets targets;

		private final Target target;

		Prices(Targets targets, Target target) {
			this.targets = targets;
			this.target = target;
		}

		/**
		 * The price of the model that answered, or of the one that was asked where
		 * vendors name it otherwise in their answers, such as with a date.
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

}
