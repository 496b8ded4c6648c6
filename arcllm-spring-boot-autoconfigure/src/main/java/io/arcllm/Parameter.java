package io.arcllm;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A part of a request that some models do not take. Its words are the values of {@code
 * unsupported}.
 */
public enum Parameter {

	/** How random the answer is. */
	TEMPERATURE(true, "temperature"),

	/** The share of the probability mass that is drawn from. */
	TOP_P(true, "top_p"),

	/** How many tokens are drawn from. */
	TOP_K(true, "top_k"),

	/** Where the answer ends. */
	STOP(true, "stop", "stop_sequences"),

	/** What makes random answers repeatable. */
	SEED(true, "seed", "random_seed"),

	/** Penalties for words that were used before. */
	PENALTIES(true, "frequency_penalty", "presence_penalty", "repetition_penalty", "repeat_penalty"),

	/** The probabilities of the tokens of the answer. */
	LOGPROBS(true, "logprobs", "top_logprobs"),

	/** How much the model thinks. */
	REASONING_EFFORT(true, "reasoning_effort", "reasoning", "thinking", "think", "thinking_config", "effort"),

	/** Whether several tools may be called at once. */
	PARALLEL_TOOL_CALLS(true, "parallel_tool_calls", "disable_parallel_tool_use"),

	/** The vendor's class of service for the call. */
	SERVICE_TIER(true, "service_tier"),

	/** The end user, as the vendor is told. */
	USER(true, "user", "safety_identifier"),

	/** Tools that the model may ask to be called. */
	TOOLS(false, "tools", "functions", "function_declarations"),

	/** Pictures. */
	IMAGES(false, "image_url", "images", "image"),

	/** Documents. */
	DOCUMENTS(false, "file", "document", "files", "documents"),

	/** An answer that matches a schema. */
	SCHEMA(false, "response_format", "json_schema", "format", "output_format", "output_config"),

	/** A tool that must be called. */
	FORCED_TOOL(false, "tool_choice", "tool_config"),

	/**
	 * The answer as it arrives; a model without streaming is asked for the whole answer.
	 */
	STREAMING(false, "stream"),

	/**
	 * The field for the longest answer whose name a vendor refused; the request is sent
	 * again with the other name. Not a word of the configuration.
	 */
	MAX_TOKENS(false, "max_tokens", "max_completion_tokens"),

	/**
	 * The form of thinking that a vendor refused, such as a budget of tokens; the request
	 * is sent again with the other form. Not a word of the configuration.
	 */
	THINKING_FORM(false);

	private final boolean mayBeLeftOut;

	private final List<String> names;

	Parameter(boolean mayBeLeftOut, String... names) {
		this.mayBeLeftOut = mayBeLeftOut;
		this.names = List.of(names);
	}

	/** How it is written in configuration and in trails, such as {@code top-p}. */
	public String word() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/** Whether it may be left out of a request. */
	public boolean mayBeLeftOut() {
		return this.mayBeLeftOut;
	}

	/** The parameter of this word in the configuration. */
	public static Optional<Parameter> of(String word) {
		return configurable().filter((one) -> one.word().equals(word)).findFirst();
	}

	/** All words, for messages. */
	public static String words() {
		return configurable().map(Parameter::word).collect(Collectors.joining(", "));
	}

	private static Stream<Parameter> configurable() {
		return Arrays.stream(values()).filter((one) -> !one.isAnotherForm());
	}

	/**
	 * Whether a vendor that refuses it is asked for the same in another form, so that
	 * nothing is left out.
	 */
	public boolean isAnotherForm() {
		return this == MAX_TOKENS || this == THINKING_FORM;
	}

	/** Whether the request is sent in another form instead of without it. */
	private boolean isAskedOtherwise() {
		return this == STREAMING || isAnotherForm();
	}

	/**
	 * The parameter of this name at a vendor, such as {@code stop_sequences}, {@code
	 * generationConfig.topP} or {@code thinking.type.enabled}.
	 */
	public static Optional<Parameter> named(String name) {
		String snake = name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT).replace('-', '_');
		for (String part : snake.split("[.\\[\\]/]+")) {
			for (Parameter one : values()) {
				if (one.names.contains(part)) {
					boolean effort = one == SCHEMA && snake.endsWith(".effort");
					return Optional.of(effort ? REASONING_EFFORT : one);
				}
			}
		}
		return Optional.empty();
	}

	/** Whether the request has it. */
	public boolean isIn(LlmRequest request) {
		return isField(request) || (!request.options().isEmpty() && hasOption(request.options()));
	}

	private boolean isField(LlmRequest request) {
		return switch (this) {
			case TEMPERATURE -> request.temperature() != null;
			case TOP_P -> request.topP() != null;
			case STOP -> !request.stop().isEmpty();
			case REASONING_EFFORT -> request.reasoningEffort() != null;
			case TOOLS -> !request.tools().isEmpty();
			case IMAGES -> holds(request, Content.Image.class);
			case DOCUMENTS -> holds(request, Content.Document.class);
			case SCHEMA -> request.responseFormat() != null && request.responseFormat().schema() != null;
			case FORCED_TOOL -> isForced(request.toolChoice());
			case STREAMING -> request.streaming();
			case MAX_TOKENS -> request.maxTokens() != null;
			default -> false;
		};
	}

	private static boolean isForced(@Nullable ToolChoice choice) {
		return choice != null && (choice.mode() == ToolChoice.Mode.REQUIRED || choice.mode() == ToolChoice.Mode.TOOL);
	}

	private static boolean holds(LlmRequest request, Class<? extends Content> type) {
		for (Message message : request.messages()) {
			for (Content part : message.content()) {
				if (type.isInstance(part) || (part instanceof Content.ToolResult result
						&& result.content().stream().anyMatch(type::isInstance))) {
					return true;
				}
			}
		}
		return false;
	}

	private boolean hasOption(Map<String, ?> options) {
		for (String name : this.names) {
			if (this.mayBeLeftOut && options.containsKey(name)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * The request without these parameters; the same one where it has none of them.
	 * @throws IllegalArgumentException if one of them may not be left out
	 */
	public static LlmRequest without(LlmRequest request, Collection<Parameter> parameters) {
		LlmRequest.Builder rest = null;
		Map<String, @Nullable Object> options = null;
		for (Parameter one : parameters) {
			if (!one.isIn(request)) {
				continue;
			}
			if (!one.mayBeLeftOut && !one.isAskedOtherwise()) {
				throw new IllegalArgumentException(one.word() + " cannot be left out");
			}
			rest = (rest == null) ? request.mutate() : rest;
			one.clear(rest);
			if (one.hasOption(request.options())) {
				options = (options == null) ? new LinkedHashMap<>(request.options()) : options;
				options.keySet().removeAll(one.names);
				rest.options(options);
			}
		}
		return (rest == null) ? request : rest.build();
	}

	private void clear(LlmRequest.Builder request) {
		switch (this) {
			case TEMPERATURE -> request.temperature(null);
			case TOP_P -> request.topP(null);
			case STOP -> request.stop(List.of());
			case REASONING_EFFORT -> request.reasoningEffort(null);
			case STREAMING -> request.streaming(false);
			default -> {
			}
		}
	}

}
