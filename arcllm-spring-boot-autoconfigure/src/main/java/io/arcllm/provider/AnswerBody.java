package io.arcllm.provider;

import java.util.function.Consumer;

import io.arcllm.LlmEvent;
import io.arcllm.Usage;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Turns the bytes of one answer's body into events. Not safe for use by several threads.
 */
interface AnswerBody {

	/**
	 * Takes the bytes that arrived.
	 */
	void read(DataBuffer bytes, Consumer<LlmEvent> out);

	/**
	 * The body has ended.
	 */
	void end(Consumer<LlmEvent> out);

	/**
	 * The connection broke: whether the answer was complete by then.
	 */
	boolean isCompleteWithoutEnd(Consumer<LlmEvent> out);

	/**
	 * The tokens that the vendor has told of so far.
	 */
	default Usage used() {
		return Usage.UNKNOWN;
	}

	/**
	 * Whether nothing that could still come matters.
	 */
	boolean isOver();

}
