package io.arcllm.provider.http;

import java.util.function.Consumer;

import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.Usage;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Lets other threads read the state of an answer while it is being read. Safe for use by
 * many threads.
 */
final class SharedBody implements AnswerBody {

	private final AnswerBody body;

	SharedBody(AnswerBody body) {
		this.body = body;
	}

	@Override
	public synchronized void read(DataBuffer bytes, Consumer<LlmEvent> out) {
		this.body.read(bytes, out);
	}

	/**
	 * A long document has no state before its end, so that timers need not wait for it.
	 */
	@Override
	public void end(Consumer<LlmEvent> out) {
		if (isLong()) {
			this.body.end(out);
			return;
		}
		synchronized (this) {
			this.body.end(out);
		}
	}

	@Override
	public synchronized boolean isLong() {
		return this.body.isLong();
	}

	@Override
	public synchronized boolean isCompleteWithoutEnd(Consumer<LlmEvent> out) {
		return this.body.isCompleteWithoutEnd(out);
	}

	@Override
	public synchronized boolean isOver() {
		return this.body.isOver();
	}

	@Override
	public synchronized Usage used() {
		return this.body.used();
	}

	@Override
	public synchronized @Nullable LlmResponse whole() {
		return this.body.whole();
	}

}
