package io.arcllm.provider;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.arcllm.Parameter;
import io.arcllm.ReasoningEffort;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a model: what it does not take, and in which form it is asked.
 *
 * @param unsupported what it does not take
 * @param thinking how it is asked to think; {@code null} if that is not known
 * @param efforts the levels that it takes; empty for all
 * @param toolIds the form of ids of tool calls; {@code null} for the form of its vendor
 * @param contextWindow how many tokens it takes, or {@code null}
 * @param maxOutput the longest answer in tokens, or {@code null}
 * @param acceptsPrefix whether it continues an unfinished turn of its own, or {@code
 * null} for the vendor's rule
 * @param rules other things that it refuses
 * @param maxTokens the longest answer of requests that set none, in tokens
 * @param temperature the temperature of requests that set none
 * @param options extra fields of the request's body
 */
public record ModelTraits(Set<Parameter> unsupported, @Nullable Thinking thinking, List<ReasoningEffort> efforts,
		@Nullable ToolIds toolIds, @Nullable Integer contextWindow, @Nullable Integer maxOutput,
		@Nullable Boolean acceptsPrefix, Set<Rule> rules, @Nullable Integer maxTokens, @Nullable Double temperature,
		Map<String, @Nullable Object> options) {

	/** A model of which nothing is known. */
	public static final ModelTraits UNKNOWN = new ModelTraits(Set.of(), null, List.of(), null, null, null, null,
			Set.of(), null, null, Map.of());

	/** The efforts of all models that think adaptively. */
	private static final List<ReasoningEffort> ADAPTIVE_EFFORTS = List.of(ReasoningEffort.LOW, ReasoningEffort.MEDIUM,
			ReasoningEffort.HIGH);

	/**
	 * How a model is asked to think.
	 */
	public enum Thinking {

		/** By a number of tokens. */
		BUDGET,

		/** Adaptively, with an effort. */
		ADAPTIVE,

		/** By a level. */
		LEVELS,

		/** On or off. */
		SWITCH,

		/** Not at all. */
		NONE

	}

	/**
	 * What a model refuses besides single parameters.
	 */
	public enum Rule {

		/** Takes a temperature or top-p, not both. */
		TEMPERATURE_OR_TOP_P,

		/** Needs {@code max_completion_tokens} instead of {@code max_tokens}. */
		MAX_COMPLETION_TOKENS,

		/**
		 * While it thinks, refuses tool calls without the thinking before them.
		 */
		THOUGHTS_WITH_TOOL_CALLS,

		/** Refuses tool calls that are not signed. */
		SIGNED_TOOL_CALLS,

		/** Refuses a turn of the user directly after the result of a tool. */
		ASSISTANT_AFTER_TOOL

	}

	public ModelTraits {
		unsupported = unsupported.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(unsupported));
		efforts = List.copyOf(efforts);
		rules = Set.copyOf(rules);
	}

	/** Whether the rule applies to it. */
	public boolean has(Rule rule) {
		return this.rules.contains(rule);
	}

	/**
	 * The longest answer to ask for, in tokens: of the request, else of the model, else
	 * of its provider; at most the model's longest answer, because a vendor refuses more.
	 * @param asked the value of the request
	 * @param otherwise the value of the provider
	 */
	public @Nullable Integer maxTokens(@Nullable Integer asked, @Nullable Integer otherwise) {
		Integer wanted = first(asked, this.maxTokens, otherwise);
		return (wanted == null || this.maxOutput == null || wanted <= this.maxOutput) ? wanted : this.maxOutput;
	}

	/**
	 * The temperature to ask for: of the request, else of the model, else of its
	 * provider.
	 * @param asked the value of the request
	 * @param otherwise the value of the provider
	 */
	public @Nullable Double temperature(@Nullable Double asked, @Nullable Double otherwise) {
		return first(asked, this.temperature, otherwise);
	}

	private static <T> @Nullable T first(@Nullable T one, @Nullable T two, @Nullable T three) {
		return (one != null) ? one : (two != null) ? two : three;
	}

	/** The same, not taking these either. */
	public ModelTraits andNot(Set<Parameter> refused) {
		Set<Parameter> all = EnumSet.copyOf(refused);
		all.addAll(this.unsupported);
		return new ModelTraits(all, this.thinking, this.efforts, this.toolIds, this.contextWindow, this.maxOutput,
				this.acceptsPrefix, this.rules, this.maxTokens, this.temperature, this.options);
	}

	/** The same, asked to think in this way. */
	public ModelTraits thinking(@Nullable Thinking thinking) {
		boolean known = thinking != Thinking.ADAPTIVE || !this.efforts.isEmpty();
		return new ModelTraits(this.unsupported, thinking, known ? this.efforts : ADAPTIVE_EFFORTS, this.toolIds,
				this.contextWindow, this.maxOutput, this.acceptsPrefix, this.rules, this.maxTokens, this.temperature,
				this.options);
	}

	/**
	 * The nearest level that it takes; a lower one takes precedence over a higher one.
	 */
	public @Nullable ReasoningEffort nearest(ReasoningEffort wanted) {
		if (this.efforts.isEmpty() || this.efforts.contains(wanted)) {
			return wanted;
		}
		ReasoningEffort below = null;
		ReasoningEffort above = null;
		for (ReasoningEffort level : this.efforts) {
			if (level.compareTo(wanted) > 0) {
				above = (above == null || level.compareTo(above) < 0) ? level : above;
			}
			else if (level != ReasoningEffort.NONE) {
				below = (below == null || level.compareTo(below) > 0) ? level : below;
			}
		}
		return (below != null) ? below : above;
	}

}
