package io.arcllm;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A tool call of the model. It is also a part of the assistant's turn when the
 * conversation continues.
 *
 * @param id to be repeated in the result
 * @param name the tool
 * @param rawArguments the arguments as the model wrote them; empty where this call was
 * not made by a model
 * @param parsedArguments the arguments, or {@code null} where what the model wrote is not
 * a JSON object
 * @param vendorData what the vendor attached to the call, or {@code null}
 * @param isCacheable whether the prompt up to here is worth keeping in the vendor's cache
 */
public record ToolCall(@AbsentIsEmpty String id, @AbsentIsEmpty String name, @AbsentIsEmpty String rawArguments,
		@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, @Nullable Object> parsedArguments,
		@Nullable VendorData vendorData, @CacheMark boolean isCacheable) implements Content {

	/**
	 * What a vendor attached to a call and wants back unchanged with it, such as the
	 * thought signature without which Gemini 3 continues no conversation
	 * (ai.google.dev/gemini-api/docs/thought-signatures).
	 *
	 * @param json an object in the vendor's own words
	 * @param provider the provider that attached it; it is not sent to others. If it is
	 * empty because that is not known, it is sent to vendors that attach such data
	 */
	public record VendorData(String json, String provider) {

		public VendorData {
			Objects.requireNonNull(json, "json");
			Objects.requireNonNull(provider, "provider");
		}

	}

	public ToolCall {
		Objects.requireNonNull(id, "id");
		Objects.requireNonNull(name, "name");
		Objects.requireNonNull(rawArguments, "rawArguments");
		parsedArguments = (parsedArguments == null) ? null
				: Collections.unmodifiableMap(new LinkedHashMap<>(parsedArguments));
	}

	/**
	 * A call to which the vendor attached nothing.
	 */
	public ToolCall(String id, String name, String rawArguments,
			@Nullable Map<String, @Nullable Object> parsedArguments) {
		this(id, name, rawArguments, parsedArguments, null, false);
	}

	/**
	 * A call without a mark.
	 */
	public ToolCall(String id, String name, String rawArguments,
			@Nullable Map<String, @Nullable Object> parsedArguments, @Nullable VendorData vendorData) {
		this(id, name, rawArguments, parsedArguments, vendorData, false);
	}

	@Override
	public String type() {
		return "tool_use";
	}

	@Override
	public ToolCall cacheable() {
		return new ToolCall(this.id, this.name, this.rawArguments, this.parsedArguments, this.vendorData, true);
	}

	/**
	 * A call made by a program.
	 */
	public static ToolCall of(String id, String name, Map<String, @Nullable Object> arguments) {
		return new ToolCall(id, name, "", arguments);
	}

	/**
	 * The arguments.
	 * @throws ToolArgumentsException if what the model wrote is not a JSON object
	 */
	public Map<String, @Nullable Object> arguments() {
		if (this.parsedArguments == null) {
			throw new ToolArgumentsException(this);
		}
		return this.parsedArguments;
	}

}
