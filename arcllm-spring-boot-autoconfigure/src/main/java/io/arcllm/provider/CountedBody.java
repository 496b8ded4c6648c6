package io.arcllm.provider;

import java.util.function.Consumer;

import io.arcllm.LlmEvent;
import io.arcllm.Usage;
import io.arcllm.WireListener;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Tells what the vendor has counted whenever bytes were read, since nobody knows which
 * are the last.
 */
final class CountedBody implements AnswerBody {

	private final AnswerBody body;

	private final WireListener listener;

	CountedBody(AnswerBody body, WireListener listener) {
		this.body = body;
		this.listener = listener;
	}

	@Override
	public void read(DataBuffer bytes, Consumer<LlmEvent> out) {
		try {
			this.body.read(bytes, out);
		}
		finally {
			this.listener.used(this.body.used());
		}
	}

	@Override
	public void end(Consumer<LlmEvent> out) {
		this.body.end(out);
	}

	@Override
	public boolean isCompleteWithoutEnd(Consumer<LlmEvent> out) {
		return this.body.isCompleteWithoutEnd(out);
	}

	@Override
	public boolean isOver() {
		return this.body.isOver();
	}

	@Override
	public Usage used() {
		return this.body.used();
	}

}
