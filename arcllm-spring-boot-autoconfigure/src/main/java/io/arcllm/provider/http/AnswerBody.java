package io.arcllm.provider.http;

import java.util.function.Consumer;

import io.arcllm.LlmEvent;
import io.arcllm.WireListener;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Turns the bytes of one answer's body into events. Not safe for use by several threads.
 */
interface AnswerBody extends WireListener.SoFar {

	/**
	 * Reads the bytes that arrived.
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
	 * Whether everything that may still come can be ignored.
	 */
	boolean isOver();

	/**
	 * Whether it takes long to read the end, because everything is read then.
	 */
	default boolean isLong() {
		return false;
	}

}
