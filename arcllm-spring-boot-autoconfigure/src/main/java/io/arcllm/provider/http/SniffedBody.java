package io.arcllm.provider.http;

import java.util.function.Consumer;
import java.util.function.Supplier;

import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.Usage;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * A body whose first character decides what it is: server-sent events, or a document. An
 * answer or an error that came as a document is read as a whole, whatever its headers
 * say.
 */
final class SniffedBody implements AnswerBody {

	private static final byte[] BYTE_ORDER_MARK = { (byte) 0xef, (byte) 0xbb, (byte) 0xbf };

	private final Supplier<AnswerBody> events;

	private final Supplier<AnswerBody> document;

	/** Whether its headers call it a document, as some servers call any answer. */
	private final boolean isCalledDocument;

	private @Nullable AnswerBody body;

	/** How many bytes of a byte order mark were read. */
	private int marked;

	/**
	 * @param events reads server-sent events
	 * @param document reads anything else
	 * @param isCalledDocument whether its headers call it a document, as some servers
	 * call any answer
	 */
	SniffedBody(Supplier<AnswerBody> events, Supplier<AnswerBody> document, boolean isCalledDocument) {
		this.events = events;
		this.document = document;
		this.isCalledDocument = isCalledDocument;
	}

	@Override
	public void read(DataBuffer bytes, Consumer<LlmEvent> out) {
		if (this.body == null) {
			int first = firstCharacter(bytes);
			if (first < 0) {
				return;
			}
			this.body = isDocument(first) ? this.document.get() : this.events.get();
		}
		this.body.read(bytes, out);
	}

	/**
	 * JSON never begins like a field of an event: data, event, id, retry or a comment.
	 */
	private boolean isDocument(int first) {
		return this.isCalledDocument ? "deir:".indexOf(first) < 0 : "{[<".indexOf(first) >= 0;
	}

	/** The first character that is not blank; -1 if all are. */
	private int firstCharacter(DataBuffer bytes) {
		for (int i = bytes.readPosition(); i < bytes.writePosition(); i++) {
			byte next = bytes.getByte(i);
			boolean blank = next == ' ' || next == '\n' || next == '\r' || next == '\t';
			if (this.marked < BYTE_ORDER_MARK.length && next == BYTE_ORDER_MARK[this.marked]) {
				this.marked++;
			}
			else if (!blank) {
				bytes.readPosition(i);
				return next & 0xff;
			}
		}
		bytes.readPosition(bytes.writePosition());
		return -1;
	}

	private AnswerBody known() {
		if (this.body == null) {
			this.body = this.isCalledDocument ? this.document.get() : this.events.get();
		}
		return this.body;
	}

	@Override
	public void end(Consumer<LlmEvent> out) {
		known().end(out);
	}

	@Override
	public boolean isCompleteWithoutEnd(Consumer<LlmEvent> out) {
		return known().isCompleteWithoutEnd(out);
	}

	@Override
	public boolean isOver() {
		return this.body != null && this.body.isOver();
	}

	@Override
	public boolean isLong() {
		return this.body != null && this.body.isLong();
	}

	@Override
	public Usage used() {
		return (this.body == null) ? Usage.UNKNOWN : this.body.used();
	}

	@Override
	public @Nullable LlmResponse whole() {
		return (this.body == null) ? null : this.body.whole();
	}

}
