package io.arcllm.module.fallback;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.arcllm.ErrorKind;

/**
 * Which targets are asked when the primary one fails.
 *
 * @param chain the targets after the primary one, in order; each is a target, or a target
 * with max-tokens, temperature and options
 * @param contextWindow the targets that are asked instead of the chain when a request is
 * too long
 * @param contentPolicy the targets that are asked when a vendor's filter refused; without
 * it, no target is
 * @param on the kinds of errors after which the next target is asked
 * @param onExhausted which error is thrown when all targets fail: that of the primary
 * target, or the last one
 * @param selection the order in which targets are asked
 * @param weights how often each target is asked first with selection weighted, such as
 * openai=3; 1 for targets without a weight
 * @param affinity whether a conversation stays with one target; replaces selection
 * @param only labels that every target after the primary one must have
 * @param onAnswer answers that count as failures: invalid-schema, refusal, max-tokens,
 * empty; streams only with streams.commit full
 */
public record FallbackSettings(List<ChainEntry> chain, List<String> contextWindow, List<String> contentPolicy,
		Set<ErrorKind> on, OnExhausted onExhausted, Choice selection, List<String> weights, Affinity affinity,
		List<String> only, Set<OnAnswer> onAnswer) {

	private static final Pattern WEIGHT = Pattern.compile("(\\S.*)=\\s*(\\d{1,9}(?:\\.\\d{1,9})?)\\s*");

	/**
	 * Which error is thrown when all targets fail.
	 */
	public enum OnExhausted {

		/** That of the primary target. */
		PRIMARY,

		/** That of the target asked last. */
		LAST

	}

	/**
	 * The order in which targets are asked.
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

	/**
	 * Which answers count as failures.
	 */
	public enum OnAnswer {

		/** It does not match the format of the request. */
		INVALID_SCHEMA,

		/** The model refused, or a filter cut it off. */
		REFUSAL,

		/** It was cut off at the limit of tokens. */
		MAX_TOKENS,

		/** It has no text and calls no tool. */
		EMPTY

	}

	/**
	 * Whether a conversation stays with one target.
	 */
	public enum Affinity {

		/** No. */
		NONE,

		/** Yes, as long as its target is ready. */
		SESSION

	}

	public FallbackSettings {
		chain = List.copyOf(chain);
		contextWindow = List.copyOf(contextWindow);
		contentPolicy = List.copyOf(contentPolicy);
		on = Set.copyOf(on);
		weights = List.copyOf(weights);
		only = List.copyOf(only);
		onAnswer = Set.copyOf(onAnswer);
		weightByTarget(weights);
	}

	/** The targets of the chain, as text. */
	public List<String> chainTargets() {
		return this.chain.stream().map(ChainEntry::target).toList();
	}

	/** The targets of all three chains as they are written. */
	public Stream<String> allTargets() {
		return Stream.of(chainTargets(), this.contextWindow, this.contentPolicy).flatMap(List::stream);
	}

	/**
	 * The weights by target.
	 */
	public Map<String, Double> weightByTarget() {
		return weightByTarget(this.weights);
	}

	private static Map<String, Double> weightByTarget(List<String> weights) {
		Map<String, Double> byTarget = new LinkedHashMap<>();
		for (String text : weights) {
			Matcher matcher = WEIGHT.matcher(text);
			if (!matcher.matches()) {
				throw new IllegalArgumentException(
						"weights must be written <target>=<number>, such as openai=3, was " + text);
			}
			if (byTarget.put(matcher.group(1).strip(), Double.valueOf(matcher.group(2))) != null) {
				throw new IllegalArgumentException("weights must name a target once, was twice " + text);
			}
		}
		return byTarget;
	}

}
