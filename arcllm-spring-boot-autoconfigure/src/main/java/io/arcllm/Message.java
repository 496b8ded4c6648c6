package io.arcllm;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * One turn of a conversation.
 *
 * @param role the speaker
 * @param content the parts of the turn, in order
 * @param isCacheable whether the prompt up to the end of this turn is worth keeping in
 * the vendor's cache
 */
public record Message(Role role, @AbsentIsEmpty List<Content> content, @CacheMark boolean isCacheable) {

	/**
	 * The speaker of a turn.
	 */
	public enum Role {

		/** Instructions. Several are allowed, anywhere. */
		SYSTEM,

		/** The user, and the results of tools. */
		USER,

		/** The model. */
		ASSISTANT

	}

	public Message {
		Objects.requireNonNull(role, "role");
		content = Copies.of(content, "content");
	}

	/** A turn without a mark. */
	public Message(Role role, List<Content> content) {
		this(role, content, false);
	}

	/**
	 * The same turn, marked as the end of a prompt that is worth keeping in the vendor's
	 * cache. For vendors without such marks it is left out.
	 */
	public Message cacheable() {
		return new Message(this.role, this.content, true);
	}

	/**
	 * This turn for a provider: thinking and blocks that only their vendor understands
	 * are given back to the provider that made them, and left out for every other.
	 * Thinking of an unknown provider stays.
	 */
	public Message withoutForeign(String provider) {
		for (Content part : this.content) {
			if (part.isForeignTo(provider)) {
				return new Message(this.role,
						this.content.stream().filter((one) -> !one.isForeignTo(provider)).toList(), this.isCacheable);
			}
		}
		return this;
	}

	/** Instructions to the model. */
	public static Message system(String text) {
		return new Message(Role.SYSTEM, List.of(new Content.Text(text)));
	}

	/** A user's text. */
	public static Message user(String text) {
		return new Message(Role.USER, List.of(new Content.Text(text)));
	}

	/** A user's text, pictures and documents. */
	public static Message user(Content... content) {
		return new Message(Role.USER, Arrays.asList(content));
	}

	/** The model's text. */
	public static Message assistant(String text) {
		return new Message(Role.ASSISTANT, List.of(new Content.Text(text)));
	}

	/** The model's text, thinking and tool calls. */
	public static Message assistant(List<Content> content) {
		return new Message(Role.ASSISTANT, content);
	}

	/** The results of tools. All results of one turn belong in one message. */
	public static Message toolResults(Content.ToolResult... results) {
		return new Message(Role.USER, Arrays.asList(results));
	}

	/** The result of one tool. */
	public static Message toolResult(String toolCallId, String text) {
		return toolResults(Content.ToolResult.of(toolCallId, text));
	}

	/**
	 * The text alone, joined.
	 */
	public String text() {
		return this.content.stream()
			.filter(Content.Text.class::isInstance)
			.map((part) -> ((Content.Text) part).text())
			.collect(Collectors.joining());
	}

}
