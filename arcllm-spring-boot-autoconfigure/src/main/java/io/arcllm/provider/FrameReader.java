package io.arcllm.provider;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

import io.arcllm.provider.WireFormat.Framing;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Cuts a streamed answer into frames as its bytes arrive, wherever the network split
 * them. The bytes are copied once, out of the network's buffer; frames are views of them.
 */
final class FrameReader {

	private static final int FIRST_SIZE = 4096;

	private static final String ERROR = "error";

	private final boolean events;

	private final int longestFrame;

	private final Consumer<Frame> out;

	private final KnownBeginning known = new KnownBeginning();

	private byte[] buffer = new byte[FIRST_SIZE];

	/** Where the unfinished frame begins: all before it is done with. */
	private int start;

	/** Where the unfinished line begins. */
	private int line;

	/** How far the unfinished line was searched for its end. */
	private int searched;

	private int end;

	private boolean afterCarriageReturn;

	private boolean first = true;

	private boolean hasData;

	private int dataStart;

	private int dataEnd;

	private @Nullable String event;

	private @Nullable String lastEvent;

	/**
	 * @param framing how the vendor frames
	 * @param longestFrame in bytes; a longer one is refused
	 * @param out takes each frame while it is valid
	 */
	FrameReader(Framing framing, int longestFrame, Consumer<Frame> out) {
		this.events = framing == Framing.SSE;
		this.longestFrame = longestFrame;
		this.out = out;
	}

	/**
	 * Takes the bytes that arrived.
	 * @throws FrameTooLongException if a frame has no end within the limit
	 */
	void read(DataBuffer bytes) {
		int length = bytes.readableByteCount();
		makeRoom(length);
		bytes.read(this.buffer, this.end, length);
		this.end += length;
		cut();
		if (this.end - this.start > this.longestFrame) {
			throw new FrameTooLongException();
		}
	}

	/** The last frame, where the stream ended without a line's end after it. */
	void end() {
		if (this.line < this.end) {
			line(this.line, this.end);
		}
		dispatch();
	}

	private void makeRoom(int length) {
		if (this.start == this.end) {
			shift();
		}
		if (this.buffer.length - this.end >= length) {
			return;
		}
		if (this.start >= this.buffer.length / 2) {
			shift();
		}
		if (this.buffer.length - this.end < length) {
			this.buffer = Arrays.copyOf(this.buffer, Math.max(this.end + length, this.buffer.length * 2));
		}
	}

	private void shift() {
		int by = this.start;
		System.arraycopy(this.buffer, by, this.buffer, 0, this.end - by);
		this.start = 0;
		this.line -= by;
		this.searched -= by;
		this.end -= by;
		this.dataStart -= by;
		this.dataEnd -= by;
	}

	private void cut() {
		byte[] bytes = this.buffer;
		if (this.afterCarriageReturn && this.line < this.end) {
			skipLineFeed();
		}
		int at = lineEnd(bytes);
		while (at < this.end) {
			int from = this.line;
			this.known.learn(bytes, from, at);
			this.line = at + 1;
			this.searched = this.line;
			line(from, at);
			if (bytes[at] == '\r') {
				this.afterCarriageReturn = true;
				skipLineFeed();
			}
			if (!this.hasData) {
				this.start = this.line;
			}
			at = lineEnd(bytes);
		}
		this.searched = this.end;
	}

	private int lineEnd(byte[] bytes) {
		int known = (this.searched == this.line) ? this.known.skip(bytes, this.line, this.end) : 0;
		return LineEnds.next(bytes, this.searched + known, this.end);
	}

	private void skipLineFeed() {
		if (this.line < this.end) {
			this.afterCarriageReturn = false;
			if (this.buffer[this.line] == '\n') {
				this.line++;
				this.searched = this.line;
				this.start = this.hasData ? this.start : this.line;
			}
		}
	}

	private void line(int lineStart, int to) {
		int from = lineStart;
		if (this.first) {
			this.first = false;
			from += startsWith(from, to, "\u00ef\u00bb\u00bf") ? 3 : 0;
		}
		if (!this.events) {
			if (from < to) {
				data(from, to);
				dispatch();
			}
		}
		else if (from == to) {
			dispatch();
		}
		else {
			field(from, to);
		}
	}

	private void field(int from, int to) {
		if (startsWith(from, to, "data:")) {
			data(value(from + 5, to), to);
		}
		else if (startsWith(from, to, "event:")) {
			this.event = name(value(from + 6, to), to);
		}
		else if (startsWith(from, to, "error:")) {
			this.event = ERROR;
			data(value(from + 6, to), to);
		}
		else if (this.buffer[from] == '{') {
			// No field of the format: an error that something on the way wrote as is.
			data(from, to);
		}
	}

	private int value(int from, int to) {
		return (from < to && this.buffer[from] == ' ') ? from + 1 : from;
	}

	private void data(int from, int to) {
		if (!this.hasData) {
			this.hasData = true;
			this.dataStart = from;
			this.dataEnd = to;
			return;
		}
		this.buffer[this.dataEnd++] = '\n';
		System.arraycopy(this.buffer, from, this.buffer, this.dataEnd, to - from);
		this.dataEnd += to - from;
	}

	/** Most streams repeat a few names: the last one is kept. */
	private String name(int from, int to) {
		String last = this.lastEvent;
		if (last != null && last.length() == to - from && startsWith(from, to, last)) {
			return last;
		}
		String name = new String(this.buffer, from, to - from, StandardCharsets.ISO_8859_1);
		this.lastEvent = name;
		return name;
	}

	private boolean startsWith(int from, int to, String latin) {
		if (to - from < latin.length()) {
			return false;
		}
		for (int i = 0; i < latin.length(); i++) {
			if ((this.buffer[from + i] & 0xff) != latin.charAt(i)) {
				return false;
			}
		}
		return true;
	}

	private void dispatch() {
		String name = this.event;
		this.event = null;
		if (this.hasData) {
			this.hasData = false;
			this.out.accept(new Frame(name, this.buffer, this.dataStart, this.dataEnd - this.dataStart));
		}
		else if (ERROR.equals(name)) {
			this.out.accept(new Frame(name, this.buffer, this.start, 0));
		}
	}

	/** A frame has no end within the limit. */
	static final class FrameTooLongException extends RuntimeException {

	}

}
