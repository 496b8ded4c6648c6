package io.arcllm.module;

import io.arcllm.Cost;
import io.arcllm.Target;
import io.arcllm.Usage;
import org.jspecify.annotations.Nullable;

/**
 * The cost of tokens, by the configured prices. Safe for use by many threads.
 */
public interface Pricing {

	/** Knows no price. */
	Pricing NONE = (target, usage) -> null;

	/**
	 * The cost of these tokens of the target; {@code null} if its price is not known.
	 * Unknown tokens cost nothing.
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
	 * @param asked the limit in the request
	 */
	default int longestAnswer(Target target, @Nullable Integer asked) {
		return (asked == null) ? 0 : asked;
	}

	/** The currency of all prices. */
	default String currency() {
		return "USD";
	}

}
