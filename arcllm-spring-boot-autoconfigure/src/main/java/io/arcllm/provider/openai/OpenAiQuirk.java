package io.arcllm.provider.openai;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import io.arcllm.LlmConfigException;

/**
 * How a vendor with OpenAI's format differs from OpenAI. Presets write it in lower case
 * with {@code -}.
 */
public enum OpenAiQuirk {

	/** Needs {@code max_completion_tokens} instead of {@code max_tokens}. */
	MAX_COMPLETION_TOKENS,

	/** Refuses {@code stream_options}, and sends usage without it. */
	NO_STREAM_OPTIONS,

	/** Takes no JSON schema as response format. */
	NO_JSON_SCHEMA,

	/** Takes no documents. */
	NO_FILES,

	/** Takes the key in the header {@code api-key}. */
	API_KEY_HEADER,

	/** Needs {@code "prefix": true} on an unfinished turn of its own. */
	PREFIX_FLAG,

	/** Needs the role {@code developer} instead of {@code system}. */
	DEVELOPER_ROLE,

	/** Needs its thinking together with the tool calls that followed it. */
	ECHO_REASONING,

	/**
	 * Refuses a turn of tool calls whose first call is not signed, from Gemini 3 on.
	 */
	SIGNED_TOOL_CALLS,

	/** Takes ids of tool calls of exactly nine letters and digits. */
	TOOL_IDS_OF_9,

	/** Takes ids of tool calls of at most forty characters. */
	TOOL_IDS_UP_TO_40,

	/** Refuses a turn of the user directly after the result of a tool. */
	ASSISTANT_AFTER_TOOL,

	/** Needs {@code reasoning_details} together with their turn. */
	REASONING_DETAILS,

	/** Takes {@code prompt_cache_key}. */
	PROMPT_CACHE_KEY,

	/** Does not count reasoning in {@code completion_tokens}, but in the total. */
	REASONING_APART;

	/**
	 * Parses the written form.
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
