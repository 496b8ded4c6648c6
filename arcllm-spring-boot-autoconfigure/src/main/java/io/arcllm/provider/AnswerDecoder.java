package io.arcllm.provider;

import java.util.function.Consumer;

import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.Usage;

/**
 * Reads one answer. Either {@link #whole} once, or {@link #frame} for each frame and then
 * {@link #end}. Not safe for use by several threads.
 */
public interface AnswerDecoder {

	/**
	 * Reads a whole answer.
	 * @throws io.arcllm.LlmException if it is an error, or malformed
	 */
	LlmResponse whole(byte[] body);

	/**
	 * Reads one frame of a streamed answer.
	 * @param frame valid only during this call
	 * @param out takes the deltas; never {@link LlmEvent.Completed}
	 * @throws io.arcllm.LlmException if it is an error, or malformed
	 */
	void frame(Frame frame, Consumer<LlmEvent> out);

	/**
	 * Whether the vendor has said that nothing follows. Most vendors close the stream
	 * right after that.
	 */
	default boolean isOver() {
		return false;
	}

	/**
	 * The tokens that the vendor has reported so far.
	 */
	default Usage used() {
		return Usage.UNKNOWN;
	}

	/**
	 * How many characters of the answer are kept that were in no delta, such as
	 * signatures.
	 */
	default int kept() {
		return 0;
	}

	/**
	 * The stream has ended: returns the answer, if its end is valid.
	 * @throws io.arcllm.LlmException {@code INTERRUPTED}, with the partial answer, if it
	 * is not
	 */
	LlmResponse end();

}
