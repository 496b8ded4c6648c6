package io.arcllm;

import java.util.Locale;

/**
 * Why the model stopped.
 *
 * @param type the meaning
 * @param raw the vendor's own word
 */
public record StopReason(Type type, @AbsentIsEmpty String raw) {

	/**
	 * The meaning of a stop.
	 */
	public enum Type {

		/** It had said all. */
		END_TURN,

		/** It wants tools called. */
		TOOL_USE,

		/** The token limit. */
		MAX_TOKENS,

		/** One of the request's stop sequences. */
		STOP_SEQUENCE,

		/** The vendor's filter cut it off. */
		CONTENT_FILTER,

		/** It refused. */
		REFUSAL,

		/** It paused and wants to be asked to go on. */
		PAUSE,

		/** Something else; {@link StopReason#raw()} says what. */
		OTHER

	}

	/** A stop without a vendor's word. */
	public static StopReason of(Type type) {
		return new StopReason(type, type.name().toLowerCase(Locale.ROOT));
	}

}
