package io.arcllm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer, streamed or not.
 *
 * @param content the blocks as the vendor gave them: thinking, text, tool calls and what
 * only the vendor understands, in their order
 * @param usage the tokens
 * @param stopReason why the model stopped
 * @param target the provider and model that answered
 * @param requestId the vendor's id for the request
 * @param cost what the call cost, where prices are known
 * @param raw the vendor's answer as it came; none of streamed answers
 * @param trail the attempts of the call
 * @param stale whether this is an older answer of a cache, given because all targets
 * failed
 * @param age how old the answer is, where it comes from a cache
 * @param shownThinking the words of the thinking that are shown instead of those in the
 * blocks; only with redaction
 */
public record LlmResponse(@AbsentIsEmpty List<Content> content, Usage usage, StopReason stopReason, Target target,
		@Nullable String requestId, @Nullable Cost cost, @JsonIgnore @Nullable RawBody raw, Trail trail,
		@AbsentIsEmpty boolean stale, @Nullable Duration age, @JsonIgnore @Nullable String shownThinking) {

	public LlmResponse {
		content = Copies.of(content, "content");
		Objects.requireNonNull(usage, "usage");
		Objects.requireNonNull(stopReason, "stopReason");
		Objects.requireNonNull(target, "target");
		Objects.requireNonNull(trail, "trail");
	}

	/** An answer that shows the thinking of its blocks. */
	public LlmResponse(List<Content> content, Usage usage, StopReason stopReason, Target target,
			@Nullable String requestId, @Nullable Cost cost, @Nullable RawBody raw, Trail trail, boolean stale,
			@Nullable Duration age) {
		this(content, usage, stopReason, target, requestId, cost, raw, trail, stale, age, null);
	}

	/**
	 * An answer with its thinking before its text, and its tool calls after it.
	 */
	public LlmResponse(String text, List<Content.Thinking> thinking, List<ToolCall> toolCalls, Usage usage,
			StopReason stopReason, Target target, @Nullable String requestId, @Nullable Cost cost,
			@Nullable RawBody raw, Trail trail) {
		this(inOrder(text, thinking, toolCalls), usage, stopReason, target, requestId, cost, raw, trail, false, null);
	}

	private static List<Content> inOrder(String text, List<Content.Thinking> thinking, List<ToolCall> toolCalls) {
		List<Content> content = new ArrayList<>(thinking);
		if (!text.isEmpty()) {
			content.add(new Content.Text(text));
		}
		content.addAll(toolCalls);
		return content;
	}

	/**
	 * An answer in words, for tests and own providers.
	 */
	public static LlmResponse of(Target target, String text) {
		return builder().target(target).text(text).build();
	}

	/**
	 * An answer in words, without a target.
	 */
	public static LlmResponse of(String text) {
		return builder().text(text).build();
	}

	/**
	 * Starts an answer, for tests and own providers.
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Starts a copy of this answer.
	 */
	public Builder mutate() {
		return new Builder(this);
	}

	/**
	 * The text, joined; empty if the model only called tools.
	 */
	public String text() {
		String words = null;
		StringBuilder joined = null;
		for (Content block : this.content) {
			if (block instanceof Content.Text text) {
				if (words == null) {
					words = text.text();
				}
				else {
					joined = (joined == null) ? new StringBuilder(words) : joined;
					joined.append(text.text());
				}
			}
		}
		return (joined != null) ? joined.toString() : Objects.requireNonNullElse(words, "");
	}

	/**
	 * The blocks of thinking, in order.
	 */
	public List<Content.Thinking> thinking() {
		return Copies.only(this.content, Content.Thinking.class);
	}

	/**
	 * The words of the thinking, joined, as they may be shown. With redaction, the words
	 * of signed blocks are redacted here, too, while the blocks themselves stay
	 * unchanged.
	 */
	public String thinkingText() {
		return (this.shownThinking != null) ? this.shownThinking
				: thinking().stream().map(Content.Thinking::text).collect(Collectors.joining());
	}

	/**
	 * The same answer, showing these words instead of the thinking of its blocks.
	 */
	public LlmResponse withShownThinking(@Nullable String shownThinking) {
		return new LlmResponse(this.content, this.usage, this.stopReason, this.target, this.requestId, this.cost,
				this.raw, this.trail, this.stale, this.age, shownThinking);
	}

	/**
	 * The model's tool calls.
	 */
	public List<ToolCall> toolCalls() {
		return Copies.only(this.content, ToolCall.class);
	}

	/**
	 * The provider that answered.
	 */
	public String provider() {
		return this.target.provider();
	}

	/**
	 * The model that answered, as the vendor names it.
	 */
	public @Nullable String model() {
		return this.target.model();
	}

	/**
	 * The same answer from another target.
	 */
	public LlmResponse withTarget(Target target) {
		return target.equals(this.target) ? this : new LlmResponse(this.content, this.usage, this.stopReason, target,
				this.requestId, this.cost, this.raw, this.trail, this.stale, this.age, this.shownThinking);
	}

	/**
	 * The same answer with these attempts.
	 */
	public LlmResponse withTrail(Trail trail) {
		return new LlmResponse(this.content, this.usage, this.stopReason, this.target, this.requestId, this.cost,
				this.raw, trail, this.stale, this.age, this.shownThinking);
	}

	/**
	 * The same answer with this cost.
	 */
	public LlmResponse withCost(@Nullable Cost cost) {
		return Objects.equals(cost, this.cost) ? this : new LlmResponse(this.content, this.usage, this.stopReason,
				this.target, this.requestId, cost, this.raw, this.trail, this.stale, this.age, this.shownThinking);
	}

	/**
	 * The same answer with these words and tokens.
	 */
	public LlmResponse withText(String text, Usage usage) {
		return mutate().text(text).usage(usage).build();
	}

	/**
	 * The same answer with these blocks.
	 */
	public LlmResponse withContent(List<? extends Content> content) {
		return mutate().content(content).build();
	}

	/**
	 * The same answer with this body.
	 */
	public LlmResponse withRaw(@Nullable RawBody raw) {
		return new LlmResponse(this.content, this.usage, this.stopReason, this.target, this.requestId, this.cost, raw,
				this.trail, this.stale, this.age, this.shownThinking);
	}

	/**
	 * The vendor's answer as it came, where it was not streamed. Neither in {@code
	 * toString} nor in JSON; it may repeat what was sent, so do not log it.
	 */
	public @Nullable String rawBody() {
		return (this.raw == null) ? null : this.raw.text();
	}

	/**
	 * The assistant's turn for the next request of the conversation, with the blocks in
	 * the order in which they came.
	 */
	public Message toMessage() {
		return Message.assistant(this.content);
	}

	@Override
	public String toString() {
		return "LlmResponse[target=" + this.target + ", stopReason=" + this.stopReason + ", text=" + text().length()
				+ " characters, toolCalls=" + toolCalls().size() + ", usage=" + this.usage + ", requestId="
				+ this.requestId + "]";
	}

	/** Builds an answer. Not safe for use by several threads. */
	public static final class Builder {

		private Blocks content = new Blocks(List.of());

		private Usage usage = Usage.UNKNOWN;

		private @Nullable StopReason stopReason;

		private Target target = new Target("", null);

		private @Nullable String requestId;

		private @Nullable Cost cost;

		private @Nullable RawBody raw;

		private Trail trail = Trail.EMPTY;

		private boolean stale;

		private @Nullable Duration age;

		private @Nullable String shownThinking;

		private Builder() {
		}

		private Builder(LlmResponse from) {
			this.content = new Blocks(from.content);
			this.usage = from.usage;
			this.stopReason = from.stopReason;
			this.target = from.target;
			this.requestId = from.requestId;
			this.cost = from.cost;
			this.raw = from.raw;
			this.trail = from.trail;
			this.stale = from.stale;
			this.age = from.age;
			this.shownThinking = from.shownThinking;
		}

		/**
		 * The text. It replaces the present one, or stands after thinking and before tool
		 * calls.
		 */
		public Builder text(String text) {
			this.content.text(text);
			return this;
		}

		/** All blocks, in their order. */
		public Builder content(List<? extends Content> content) {
			this.content = new Blocks(content);
			this.shownThinking = null;
			return this;
		}

		/** All blocks, in their order. */
		public Builder content(Content... content) {
			return content(Arrays.asList(content));
		}

		/** The tool calls. They replace the present ones, or stand at the end. */
		public Builder toolCalls(List<ToolCall> calls) {
			this.content.toolCalls(calls);
			return this;
		}

		/** The tool calls. They replace the present ones, or stand at the end. */
		public Builder toolCalls(ToolCall... calls) {
			return toolCalls(Arrays.asList(calls));
		}

		/** The tokens. */
		public Builder usage(Usage usage) {
			this.usage = usage;
			return this;
		}

		/**
		 * Why the model stopped; if unset, {@code TOOL_USE} with tool calls and {@code
		 * END_TURN} without.
		 */
		public Builder stopReason(StopReason stopReason) {
			this.stopReason = stopReason;
			return this;
		}

		/** Why the model stopped. */
		public Builder stopReason(StopReason.Type type) {
			return stopReason(StopReason.of(type));
		}

		/** The provider and model that answered. */
		public Builder target(Target target) {
			this.target = target;
			return this;
		}

		/** The provider and model that answered, such as {@code openai/gpt-5-mini}. */
		public Builder target(String target) {
			return target(Target.parse(target));
		}

		/** The vendor's id for the request. */
		public Builder requestId(@Nullable String requestId) {
			this.requestId = requestId;
			return this;
		}

		/** What the call cost. */
		public Builder cost(@Nullable Cost cost) {
			this.cost = cost;
			return this;
		}

		/** The attempts of the call. */
		public Builder trail(Trail trail) {
			this.trail = trail;
			return this;
		}

		/** Whether this is an older answer of a cache. */
		public Builder stale(boolean stale) {
			this.stale = stale;
			return this;
		}

		/** How old the answer is, where it comes from a cache. */
		public Builder age(@Nullable Duration age) {
			this.age = age;
			return this;
		}

		/** The answer. */
		public LlmResponse build() {
			StopReason reason = this.stopReason;
			if (reason == null) {
				reason = StopReason
					.of(this.content.hasToolCalls() ? StopReason.Type.TOOL_USE : StopReason.Type.END_TURN);
			}
			return new LlmResponse(this.content.list(), this.usage, reason, this.target, this.requestId, this.cost,
					this.raw, this.trail, this.stale, this.age, this.shownThinking);
		}

	}

}
