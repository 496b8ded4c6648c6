package io.arcllm.provider.openai;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import io.arcllm.LlmConfigException;

/**
 * How a vendor that speaks OpenAI's format differs from the rest. Written in presets in
 * lower case with {@code -}.
 */
public enum OpenAiQuirk {

	/** Wants {@code max_completion_tokens} instead of {@code max_tokens}. */
	MAX_COMPLETION_TOKENS,

	/** Rejects {@code stream_options}, and sends usage without. */
	NO_STREAM_OPTIONS,

	/** Takes no JSON schema as response format. */
	NO_JSON_SCHEMA,

	/** Takes no documents. */
	NO_FILES,

	/** Wants the key in the header {@code api-key}. */
	API_KEY_HEADER,

	/** Wants {@code "prefix": true} on an unfinished turn of its own. */
	PREFIX_FLAG,

	/** Wants instructions from {@code developer} instead of {@code system}. */
	DEVELOPER_ROLE,

	/** Wants its thoughts back with the tool calls that they led to. */
	ECHO_REASONING,

	/**
	 * Refuses a turn of tool calls whose first is not signed, from Gemini 3 on.
	 */
	SIGNED_TOOL_CALLS,

	/** Takes ids of tool calls of exactly nine letters and digits. */
	TOOL_IDS_OF_9,

	/** Takes ids of tool calls of at most forty characters. */
	TOOL_IDS_UP_TO_40,

	/** Refuses a turn of the user's straight after the result of a tool. */
	ASSISTANT_AFTER_TOOL,

	/** Wants the details of its reasoning back with the turn that they belong to. */
	REASONING_DETAILS,

	/** Knows {@code prompt_cache_key}. */
	PROMPT_CACHE_KEY,

	/** Leaves reasoning out of {@code completion_tokens}, but not out of the total. */
	REASONING_APART;

	/**
	 * Reads the written form.
	 * @throws LlmConfigException if there is no such quirk
	 */
	public static Set<OpenAiQuirk> parse(Set<String> names) {
		Set<OpenAiQuirk> quirks = EnumSet.noneOf(OpenAiQuirk.class);
		for (String name : names) {
			quirks.add(Arrays.stream(values())
				.filter((quirk) -> quirk.written().equals(name))
				.findFirst()
				.orElseThrow(() -> new LlmConfigException("'" + name + "' is no quirk of OpenAI's format: there are "
						+ Arrays.stream(values()).map(OpenAiQuirk::written).collect(Collectors.joining(", ")))));
		}
		return quirks;
	}

	private String written() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
