package io.arcllm;

import org.jspecify.annotations.Nullable;

/**
 * What happens during a call: deltas while the answer is made, then one
 * {@link Completed}.
 */
public sealed interface LlmEvent {

	/**
	 * Words of the answer. Never empty.
	 */
	record TextDelta(String text) implements LlmEvent {
	}

	/**
	 * Words of the model's thinking. Never empty.
	 */
	record ThinkingDelta(String text) implements LlmEvent {
	}

	/**
	 * A piece of a tool call. The first piece of an index carries {@code id} and
	 * {@code name}; both are empty in the later ones.
	 *
	 * @param index counts the answer's tool calls from 0; pieces of several may
	 * interleave
	 * @param id the call's id, in its first piece
	 * @param name the tool's name, in its first piece
	 * @param argumentsFragment the next characters of the arguments' JSON; may end
	 * anywhere
	 */
	record ToolCallDelta(int index, String id, String name, String argumentsFragment) implements LlmEvent {
	}

	/**
	 * What came before is void: another target answers from the start. Sent only with
	 * recovery RESTART.
	 *
	 * @param to who answers now
	 * @param reason why the earlier answer ended
	 */
	record Restarted(Target to, String reason) implements LlmEvent {
	}

	/**
	 * The whole answer with usage, whether it was streamed or not. Always the last event.
	 */
	record Completed(LlmResponse response) implements LlmEvent {
	}

	/**
	 * Whether this is a part of the answer that a user would see: what makes repeating
	 * the call unsafe once it was passed on. An empty delta is none.
	 */
	default boolean isContent() {
		if (this instanceof TextDelta delta) {
			return !delta.text().isEmpty();
		}
		return (this instanceof ThinkingDelta delta) ? !delta.text().isEmpty() : this instanceof ToolCallDelta;
	}

	/**
	 * The answer, if this is the last event.
	 */
	default @Nullable LlmResponse answer() {
		return (this instanceof Completed completed) ? completed.response() : null;
	}

}
