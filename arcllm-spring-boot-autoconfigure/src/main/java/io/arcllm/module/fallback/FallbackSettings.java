package io.arcllm.module.fallback;

import java.util.List;
import java.util.Set;

import io.arcllm.ErrorKind;

/**
 * Who is asked when the primary target fails.
 *
 * @param chain the targets after the primary one, in order
 * @param contextWindow the targets for requests that are too long, instead of the chain
 * @param contentPolicy the targets for requests that a vendor's filter refused; none
 * unless given
 * @param on the kinds of errors after which the next target is asked
 * @param onExhausted whose error is thrown when all fail
 * @param selection in which order the targets are asked
 */
public record FallbackSettings(List<String> chain, List<String> contextWindow, List<String> contentPolicy,
		Set<ErrorKind> on, OnExhausted onExhausted, Choice selection) {

	/**
	 * Whose error is thrown when all fail.
	 */
	public enum OnExhausted {

		/** The primary target's. */
		PRIMARY,

		/** That of the target asked last. */
		LAST

	}

	/**
	 * In which order the targets are asked.
	 */
	public enum Choice {

		/** As configured. */
		ORDERED,

		/** The best by success and latency first. */
		HEALTH,

		/** The fastest first. */
		LATENCY,

		/** The cheapest first. */
		COST,

		/** At random, by weight. */
		WEIGHTED,

		/** In turn. */
		ROUND_ROBIN

	}

	public FallbackSettings {
		chain = List.copyOf(chain);
		contextWindow = List.copyOf(contextWindow);
		contentPolicy = List.copyOf(contentPolicy);
		on = Set.copyOf(on);
	}

}
