package io.arcllm;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A request to a model. Values that are unset are not sent; zero is sent.
 *
 * @param messages the conversation
 * @param tools what the model may ask to be called
 * @param toolChoice whether the model must call a tool
 * @param model the model; unset or blank for the provider's configured one
 * @param maxTokens the longest answer, in tokens
 * @param temperature how random the answer is
 * @param topP the share of the probability mass to draw from
 * @param stop where to stop
 * @param responseFormat what the answer must look like
 * @param reasoningEffort how much to think
 * @param metadata tenant, session and labels of the call
 * @param options further fields of the vendor's request body, sent as they are
 * @param callOptions how the stack treats this call
 * @param streaming whether the answer is delivered as it arrives
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LlmRequest(@AbsentIsEmpty List<Message> messages, @AbsentIsEmpty List<Tool> tools,
		@Nullable ToolChoice toolChoice, @Nullable String model, @Nullable Integer maxTokens,
		@Nullable Double temperature, @Nullable Double topP, @AbsentIsEmpty List<String> stop,
		@Nullable ResponseFormat responseFormat, @Nullable ReasoningEffort reasoningEffort, RequestMetadata metadata,
		@AbsentIsEmpty Map<String, @Nullable Object> options, CallOptions callOptions,
		@AbsentIsEmpty boolean streaming) {

	public LlmRequest {
		messages = Copies.of(messages, "messages");
		tools = Copies.of(tools, "tools");
		stop = Copies.of(stop, "stop");
		model = (model == null || model.isBlank()) ? null : model;
		Objects.requireNonNull(metadata, "metadata");
		Objects.requireNonNull(callOptions, "callOptions");
		options = Objects.requireNonNull(options, "options").isEmpty() ? Map.of()
				: Collections.unmodifiableMap(new LinkedHashMap<>(options));
	}

	/** One user message. */
	public static LlmRequest of(String prompt) {
		return of(List.of(Message.user(prompt)));
	}

	/** A conversation. */
	public static LlmRequest of(List<Message> messages) {
		return builder().messages(messages).build();
	}

	/** Starts an empty request. */
	public static Builder builder() {
		return new Builder();
	}

	/** Starts from this request. */
	public Builder mutate() {
		return new Builder(this);
	}

	/** The same request with streaming on or off. */
	public LlmRequest withStreaming(boolean streaming) {
		return (streaming == this.streaming) ? this : mutate().streaming(streaming).build();
	}

	/** The same request for another model. */
	public LlmRequest withModel(@Nullable String model) {
		return Objects.equals(model, this.model) ? this : mutate().model(model).build();
	}

	/** Contains nothing of the conversation. */
	@Override
	public String toString() {
		return "LlmRequest[model=" + this.model + ", messages=" + this.messages.size() + ", tools=" + this.tools.size()
				+ ", streaming=" + this.streaming + "]";
	}

	/** Builds a request. Not safe for use by several threads. */
	public static final class Builder {

		private List<Message> messages = List.of();

		private List<Tool> tools = List.of();

		private @Nullable ToolChoice toolChoice;

		private @Nullable String model;

		private @Nullable Integer maxTokens;

		private @Nullable Double temperature;

		private @Nullable Double topP;

		private List<String> stop = List.of();

		private @Nullable ResponseFormat responseFormat;

		private @Nullable ReasoningEffort reasoningEffort;

		private RequestMetadata metadata = RequestMetadata.EMPTY;

		private Map<String, @Nullable Object> options = Map.of();

		private CallOptions callOptions = CallOptions.NONE;

		private boolean streaming;

		private Builder() {
		}

		private Builder(LlmRequest from) {
			this.messages = from.messages;
			this.tools = from.tools;
			this.toolChoice = from.toolChoice;
			this.model = from.model;
			this.maxTokens = from.maxTokens;
			this.temperature = from.temperature;
			this.topP = from.topP;
			this.stop = from.stop;
			this.responseFormat = from.responseFormat;
			this.reasoningEffort = from.reasoningEffort;
			this.metadata = from.metadata;
			this.options = from.options;
			this.callOptions = from.callOptions;
			this.streaming = from.streaming;
		}

		/** The conversation. */
		public Builder messages(List<Message> messages) {
			this.messages = messages;
			return this;
		}

		/** The conversation. */
		public Builder messages(Message... messages) {
			return messages(Arrays.asList(messages));
		}

		/** What the model may ask to be called. */
		public Builder tools(List<Tool> tools) {
			this.tools = tools;
			return this;
		}

		/** What the model may ask to be called. */
		public Builder tools(Tool... tools) {
			return tools(Arrays.asList(tools));
		}

		/** Whether the model must call a tool. */
		public Builder toolChoice(@Nullable ToolChoice toolChoice) {
			this.toolChoice = toolChoice;
			return this;
		}

		/** The model, instead of the configured one. */
		public Builder model(@Nullable String model) {
			this.model = model;
			return this;
		}

		/** The longest answer, in tokens. */
		public Builder maxTokens(@Nullable Integer maxTokens) {
			this.maxTokens = maxTokens;
			return this;
		}

		/** How random the answer is. */
		public Builder temperature(@Nullable Double temperature) {
			this.temperature = temperature;
			return this;
		}

		/** The share of the probability mass to draw from. */
		public Builder topP(@Nullable Double topP) {
			this.topP = topP;
			return this;
		}

		/** Where to stop. */
		public Builder stop(List<String> stop) {
			this.stop = stop;
			return this;
		}

		/** Where to stop. */
		public Builder stop(String... stop) {
			return stop(Arrays.asList(stop));
		}

		/** What the answer must look like. */
		public Builder responseFormat(@Nullable ResponseFormat responseFormat) {
			this.responseFormat = responseFormat;
			return this;
		}

		/** How much to think. */
		public Builder reasoningEffort(@Nullable ReasoningEffort reasoningEffort) {
			this.reasoningEffort = reasoningEffort;
			return this;
		}

		/** Tenant, session and labels of the call. */
		public Builder metadata(RequestMetadata metadata) {
			this.metadata = metadata;
			return this;
		}

		/** Further fields of the vendor's request body, sent as they are. */
		public Builder options(Map<String, @Nullable Object> options) {
			this.options = options;
			return this;
		}

		/** How the stack treats this call. */
		public Builder callOptions(CallOptions callOptions) {
			this.callOptions = callOptions;
			return this;
		}

		/** How the stack treats this call, such as {@code o -> o.retry(false)}. */
		public Builder callOptions(Consumer<CallOptions.Builder> options) {
			CallOptions.Builder builder = CallOptions.builder();
			options.accept(builder);
			return callOptions(builder.build());
		}

		/** Whether the answer is delivered as it arrives. */
		public Builder streaming(boolean streaming) {
			this.streaming = streaming;
			return this;
		}

		/** The request. */
		public LlmRequest build() {
			return new LlmRequest(this.messages, this.tools, this.toolChoice, this.model, this.maxTokens,
					this.temperature, this.topP, this.stop, this.responseFormat, this.reasoningEffort, this.metadata,
					this.options, this.callOptions, this.streaming);
		}

	}

}
