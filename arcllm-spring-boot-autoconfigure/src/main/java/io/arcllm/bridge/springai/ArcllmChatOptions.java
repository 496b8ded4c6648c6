package io.arcllm.bridge.springai;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

import io.arcllm.CallOptions;
import io.arcllm.ReasoningEffort;
import io.arcllm.RequestMetadata;
import io.arcllm.ToolChoice;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.DefaultToolCallingChatOptions;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;

/**
 * Options of a call through {@link ArcllmChatModel}: the portable options, tools, an
 * output schema, and further options of the stack. Unset options are not sent.
 */
public final class ArcllmChatOptions extends DefaultToolCallingChatOptions implements StructuredOutputChatOptions {

	private final @Nullable String outputSchema;

	private final Extras extras;

	private ArcllmChatOptions(ToolCallingChatOptions portable, @Nullable String outputSchema, Extras extras) {
		super(portable.getToolCallbacks(), portable.getToolContext(), portable.getModel(),
				portable.getFrequencyPenalty(), portable.getMaxTokens(), portable.getPresencePenalty(),
				portable.getStopSequences(), portable.getTemperature(), portable.getTopK(), portable.getTopP());
		this.outputSchema = outputSchema;
		this.extras = extras;
	}

	/**
	 * Starts with nothing set.
	 */
	public static Builder builder() {
		return new Builder();
	}

	@Override
	public @Nullable String getOutputSchema() {
		return this.outputSchema;
	}

	/**
	 * How the stack treats the call.
	 */
	public CallOptions getCallOptions() {
		return this.extras.callOptions;
	}

	/**
	 * Tenant, session and labels of the call.
	 */
	public RequestMetadata getMetadata() {
		return this.extras.metadata;
	}

	/**
	 * Whether the model must call a tool.
	 */
	public @Nullable ToolChoice getToolChoice() {
		return this.extras.toolChoice;
	}

	/**
	 * How much to think.
	 */
	public @Nullable ReasoningEffort getReasoningEffort() {
		return this.extras.reasoningEffort;
	}

	/**
	 * Further fields of the vendor's request body.
	 */
	public Map<String, @Nullable Object> getVendorOptions() {
		return this.extras.vendorOptions;
	}

	@Override
	public Builder mutate() {
		Builder builder = builder().model(getModel())
			.frequencyPenalty(getFrequencyPenalty())
			.maxTokens(getMaxTokens())
			.presencePenalty(getPresencePenalty())
			.stopSequences(getStopSequences())
			.temperature(getTemperature())
			.topK(getTopK())
			.topP(getTopP())
			.toolCallbacks(getToolCallbacks())
			.toolContext(getToolContext())
			.outputSchema(this.outputSchema);
		builder.extras = this.extras;
		return builder;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return super.equals(other) && other instanceof ArcllmChatOptions that
				&& Objects.equals(this.outputSchema, that.outputSchema) && this.extras.equals(that.extras);
	}

	@Override
	public int hashCode() {
		return Objects.hash(super.hashCode(), this.outputSchema, this.extras);
	}

	/**
	 * Builds options. Of options of other classes, only the portable part is combined.
	 */
	public static final class Builder extends DefaultToolCallingChatOptions.Builder<Builder>
			implements StructuredOutputChatOptions.Builder<Builder> {

		private @Nullable String outputSchema;

		private Extras extras = Extras.NONE;

		private Builder() {
		}

		@Override
		public Builder outputSchema(@Nullable String outputSchema) {
			this.outputSchema = outputSchema;
			return this;
		}

		/**
		 * How the stack treats the call, such as {@code o -> o.retry(false)}.
		 */
		public Builder callOptions(Consumer<CallOptions.Builder> options) {
			CallOptions.Builder builder = CallOptions.builder();
			options.accept(builder);
			this.extras = new Extras(builder.build(), this.extras.metadata, this.extras.toolChoice,
					this.extras.reasoningEffort, this.extras.vendorOptions);
			return this;
		}

		/**
		 * Tenant, session and labels of the call.
		 */
		public Builder metadata(RequestMetadata metadata) {
			this.extras = new Extras(this.extras.callOptions, metadata, this.extras.toolChoice,
					this.extras.reasoningEffort, this.extras.vendorOptions);
			return this;
		}

		/**
		 * Whether the model must call a tool.
		 */
		public Builder toolChoice(@Nullable ToolChoice toolChoice) {
			this.extras = new Extras(this.extras.callOptions, this.extras.metadata, toolChoice,
					this.extras.reasoningEffort, this.extras.vendorOptions);
			return this;
		}

		/**
		 * How much to think.
		 */
		public Builder reasoningEffort(@Nullable ReasoningEffort reasoningEffort) {
			this.extras = new Extras(this.extras.callOptions, this.extras.metadata, this.extras.toolChoice,
					reasoningEffort, this.extras.vendorOptions);
			return this;
		}

		/**
		 * A further field of the vendor's request body, sent as it is.
		 */
		public Builder vendorOption(String name, @Nullable Object value) {
			Map<String, @Nullable Object> options = new LinkedHashMap<>(this.extras.vendorOptions);
			options.put(name, value);
			this.extras = new Extras(this.extras.callOptions, this.extras.metadata, this.extras.toolChoice,
					this.extras.reasoningEffort, options);
			return this;
		}

		@Override
		public Builder combineWith(ChatOptions.Builder<?> other) {
			if (other instanceof Builder that) {
				super.combineWith(that);
				this.outputSchema = (that.outputSchema != null) ? that.outputSchema : this.outputSchema;
				this.extras = that.extras.over(this.extras);
				return this;
			}
			ChatOptions built = other.build();
			super.combineWith(portable(built));
			if (built instanceof StructuredOutputChatOptions structured && structured.getOutputSchema() != null) {
				this.outputSchema = structured.getOutputSchema();
			}
			return this;
		}

		private static ChatOptions.Builder<?> portable(ChatOptions options) {
			ToolCallingChatOptions.Builder<?> builder = ToolCallingChatOptions.builder()
				.model(options.getModel())
				.frequencyPenalty(options.getFrequencyPenalty())
				.maxTokens(options.getMaxTokens())
				.presencePenalty(options.getPresencePenalty())
				.stopSequences(options.getStopSequences())
				.temperature(options.getTemperature())
				.topK(options.getTopK())
				.topP(options.getTopP());
			if (options instanceof ToolCallingChatOptions tools) {
				List<org.springframework.ai.tool.ToolCallback> callbacks = tools.getToolCallbacks();
				builder.toolCallbacks(callbacks).toolContext(tools.getToolContext());
			}
			return builder;
		}

		@Override
		public ArcllmChatOptions build() {
			return new ArcllmChatOptions(super.build(), this.outputSchema, this.extras);
		}

	}

	/** Options that Spring AI does not have. */
	private record Extras(CallOptions callOptions, RequestMetadata metadata, @Nullable ToolChoice toolChoice,
			@Nullable ReasoningEffort reasoningEffort, Map<String, @Nullable Object> vendorOptions) {

		static final Extras NONE = new Extras(CallOptions.NONE, RequestMetadata.EMPTY, null, null, Map.of());

		Extras over(Extras other) {
			Map<String, @Nullable Object> options = new LinkedHashMap<>(other.vendorOptions);
			options.putAll(this.vendorOptions);
			return new Extras(this.callOptions.over(other.callOptions),
					this.metadata.equals(RequestMetadata.EMPTY) ? other.metadata : this.metadata,
					(this.toolChoice != null) ? this.toolChoice : other.toolChoice,
					(this.reasoningEffort != null) ? this.reasoningEffort : other.reasoningEffort, options);
		}

	}

}
