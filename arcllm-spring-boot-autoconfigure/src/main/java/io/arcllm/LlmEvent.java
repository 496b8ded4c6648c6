package io.arcllm;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/**
 * An event of a call: deltas while the answer arrives, then one {@link Completed}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.EXISTING_PROPERTY, property = "type")
@JsonSubTypes({ @Type(name = "text_delta", value = LlmEvent.TextDelta.class),
		@Type(name = "thinking_delta", value = LlmEvent.ThinkingDelta.class),
		@Type(name = "tool_call_delta", value = LlmEvent.ToolCallDelta.class),
		@Type(name = "restarted", value = LlmEvent.Restarted.class),
		@Type(name = "completed", value = LlmEvent.Completed.class) })
public sealed interface LlmEvent {

	/**
	 * Words of the answer. Never empty.
	 */
	record TextDelta(@AbsentIsEmpty String text) implements LlmEvent {

		@Override
		public String type() {
			return "text_delta";
		}

		@Override
		public int characters() {
			return this.text.length();
		}

		@Override
		public boolean isContent() {
			return !this.text.isEmpty();
		}

		@Override
		public void accept(Visitor visitor) {
			visitor.text(this);
		}

		@Override
		public void addTo(AnswerBuilder answer) {
			answer.text(this.text);
		}

	}

	/**
	 * Words of the model's thinking. Never empty.
	 */
	record ThinkingDelta(@AbsentIsEmpty String text) implements LlmEvent {

		@Override
		public String type() {
			return "thinking_delta";
		}

		@Override
		public int characters() {
			return this.text.length();
		}

		@Override
		public boolean isContent() {
			return !this.text.isEmpty();
		}

		@Override
		public void accept(Visitor visitor) {
			visitor.thinking(this);
		}

		@Override
		public void addTo(AnswerBuilder answer) {
			answer.thinking(this.text);
		}

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
	record ToolCallDelta(@AbsentIsEmpty int index, @AbsentIsEmpty String id, @AbsentIsEmpty String name,
			@AbsentIsEmpty String argumentsFragment) implements LlmEvent {

		@Override
		public String type() {
			return "tool_call_delta";
		}

		@Override
		public int characters() {
			return this.id.length() + this.name.length() + this.argumentsFragment.length();
		}

		@Override
		public boolean isContent() {
			return true;
		}

		@Override
		public void accept(Visitor visitor) {
			visitor.toolCall(this);
		}

		@Override
		public void addTo(AnswerBuilder answer) {
			answer.toolCall(this.index, this.id, this.name, this.argumentsFragment);
		}

	}

	/**
	 * What was delivered before is void: another answer follows from its start. Sent only
	 * with recovery RESTART.
	 *
	 * @param to the target that answers now
	 * @param reason why the earlier answer ended
	 */
	record Restarted(Target to, @AbsentIsEmpty String reason) implements LlmEvent {

		@Override
		public String type() {
			return "restarted";
		}

		@Override
		public int characters() {
			return 0;
		}

		@Override
		public boolean isContent() {
			return false;
		}

		@Override
		public void accept(Visitor visitor) {
			visitor.restarted(this);
		}

		@Override
		public void addTo(AnswerBuilder answer) {
			answer.clear().usage(Usage.UNKNOWN);
		}

	}

	/**
	 * The whole answer with usage, whether it was streamed or not. Always the last event.
	 */
	record Completed(LlmResponse response) implements LlmEvent {

		@Override
		public String type() {
			return "completed";
		}

		@Override
		public int characters() {
			return 0;
		}

		@Override
		public boolean isContent() {
			return false;
		}

		@Override
		public void accept(Visitor visitor) {
			visitor.completed(this);
		}

		@Override
		public void addTo(AnswerBuilder answer) {
			// its words came as deltas before
		}

		@Override
		public LlmResponse answer() {
			return this.response;
		}

	}

	/**
	 * The kind of event, such as {@code text_delta}; tells the kinds apart in JSON.
	 */
	@JsonProperty("type")
	String type();

	/**
	 * How many characters of the answer this event has.
	 */
	int characters();

	/**
	 * Whether this is a part of the answer that a user sees. Once content was passed on,
	 * repeating the call is unsafe. An empty delta is no content.
	 */
	@JsonIgnore
	boolean isContent();

	/**
	 * Adds this event to an answer.
	 */
	void addTo(AnswerBuilder answer);

	/**
	 * Calls the visitor's method for this type of event.
	 */
	void accept(Visitor visitor);

	/**
	 * The answer, if this is the last event.
	 */
	default @Nullable LlmResponse answer() {
		return null;
	}

	/**
	 * Handles each type of event. A new type of event adds a method here, so that the
	 * compiler finds every visitor that has to handle it.
	 */
	interface Visitor {

		void text(TextDelta delta);

		void thinking(ThinkingDelta delta);

		void toolCall(ToolCallDelta delta);

		void restarted(Restarted restarted);

		void completed(Completed completed);

	}

}
