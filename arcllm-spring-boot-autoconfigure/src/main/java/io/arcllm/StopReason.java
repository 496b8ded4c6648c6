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

		/** The answer is complete. */
		END_TURN,

		/** The model calls tools. */
		TOOL_USE,

		/** The limit of tokens was reached. */
		MAX_TOKENS,

		/** One of the request's stop sequences came. */
		STOP_SEQUENCE,

		/** The vendor's filter cut it off. */
		CONTENT_FILTER,

		/** The model refused. */
		REFUSAL,

		/** The model paused; send its turn back to continue. */
		PAUSE,

		/** Something else; {@link StopReason#raw()} says what. */
		OTHER

	}

	/** A stop without a vendor's word. */
	public static StopReason of(Type type) {
		return new StopReason(type, type.name().toLowerCase(Locale.ROOT));
	}

}
