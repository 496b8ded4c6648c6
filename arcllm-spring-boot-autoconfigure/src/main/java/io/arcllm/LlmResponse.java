package io.arcllm;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A whole answer, streamed or not.
 *
 * @param text the words, joined; empty if the model only called tools
 * @param thinking what the model thought, in order; needed to go on with some vendors
 * @param toolCalls the tools it wants called
 * @param usage the tokens
 * @param stopReason why it stopped
 * @param target the provider and model that answered
 * @param requestId the vendor's id for the request
 * @param cost what it cost, where prices are known
 * @param raw the vendor's answer as it came; none of streamed answers
 * @param trail the attempts of the call
 */
public record LlmResponse(String text, List<Content.Thinking> thinking, List<ToolCall> toolCalls, Usage usage,
		StopReason stopReason, Target target, @Nullable String requestId, @Nullable Cost cost, @Nullable RawBody raw,
		Trail trail) {

	public LlmResponse {
		thinking = List.copyOf(thinking);
		toolCalls = List.copyOf(toolCalls);
	}

	/**
	 * An answer in words, for tests and providers of one's own.
	 */
	public static LlmResponse of(Target target, String text) {
		return new LlmResponse(text, List.of(), List.of(), Usage.UNKNOWN, StopReason.of(StopReason.Type.END_TURN),
				target, null, null, null, Trail.EMPTY);
	}

	/**
	 * An answer in words, from nobody in particular.
	 */
	public static LlmResponse of(String text) {
		return of(new Target("", null), text);
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
	 * The same answer from somebody else.
	 */
	public LlmResponse withTarget(Target target) {
		return new LlmResponse(this.text, this.thinking, this.toolCalls, this.usage, this.stopReason, target,
				this.requestId, this.cost, this.raw, this.trail);
	}

	/**
	 * The same answer with these attempts.
	 */
	public LlmResponse withTrail(Trail trail) {
		return new LlmResponse(this.text, this.thinking, this.toolCalls, this.usage, this.stopReason, this.target,
				this.requestId, this.cost, this.raw, trail);
	}

	/**
	 * The same answer with its price.
	 */
	public LlmResponse withCost(@Nullable Cost cost) {
		return new LlmResponse(this.text, this.thinking, this.toolCalls, this.usage, this.stopReason, this.target,
				this.requestId, cost, this.raw, this.trail);
	}

	/**
	 * The same answer with these words and tokens.
	 */
	public LlmResponse withText(String text, Usage usage) {
		return new LlmResponse(text, this.thinking, this.toolCalls, usage, this.stopReason, this.target, this.requestId,
				this.cost, this.raw, this.trail);
	}

	/**
	 * The same answer with the body it came in.
	 */
	public LlmResponse withRaw(RawBody raw) {
		return new LlmResponse(this.text, this.thinking, this.toolCalls, this.usage, this.stopReason, this.target,
				this.requestId, this.cost, raw, this.trail);
	}

	/**
	 * The vendor's answer as it came, where it was not streamed. Neither in
	 * {@code toString} nor in JSON; it may repeat what was sent, so don't log it.
	 */
	public @Nullable String rawBody() {
		return (this.raw == null) ? null : this.raw.text();
	}

	/**
	 * The assistant's turn, to go on with the conversation.
	 */
	public Message toMessage() {
		List<Content> content = new ArrayList<>(this.thinking);
		if (!this.text.isEmpty()) {
			content.add(new Content.Text(this.text));
		}
		content.addAll(this.toolCalls);
		return Message.assistant(content);
	}

	@Override
	public String toString() {
		return "LlmResponse[target=" + this.target + ", stopReason=" + this.stopReason + ", text=" + this.text.length()
				+ " characters, toolCalls=" + this.toolCalls.size() + ", usage=" + this.usage + ", requestId="
				+ this.requestId + "]";
	}

}
