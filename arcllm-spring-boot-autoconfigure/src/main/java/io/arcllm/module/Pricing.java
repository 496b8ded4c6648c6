package io.arcllm.module;

import io.arcllm.Cost;
import io.arcllm.Target;
import io.arcllm.Usage;
import org.jspecify.annotations.Nullable;

/**
 * What tokens cost, by the configured prices.
 */
public interface Pricing {

	/** Knows no price. */
	Pricing NONE = (target, usage) -> null;

	/**
	 * What these tokens of the target cost; {@code null} where its price is not known.
	 * Tokens that are not known cost nothing.
	 */
	@Nullable Cost cost(Target target, Usage usage);

	/**
	 * Whether it is known what the target costs, from its price or by its own word.
	 */
	default boolean isKnown(Target target) {
		return cost(target, Usage.UNKNOWN) != null;
	}

	/**
	 * The longest answer of the target to a request, in tokens; 0 where that is not
	 * known.
	 * @param asked what the request says
	 */
	default int longestAnswer(Target target, @Nullable Integer asked) {
		return (asked == null) ? 0 : asked;
	}

	/** The currency of all prices. */
	default String currency() {
		return "USD";
	}

}
