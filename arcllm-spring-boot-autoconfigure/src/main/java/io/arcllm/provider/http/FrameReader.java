package io.arcllm.provider.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

import io.arcllm.provider.Frame;
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

	private byte[] buffer = new byte[FIRST_SIZE];

	/** Where the unfinished frame begins; everything before it was read. */
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

	/** The last frame, if the stream ended without a line end after it. */
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
		return LineEnds.next(bytes, this.searched, this.end);
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
			int begin = startsWith(from, to, "data:") ? from + 5 : from;
			if (!isBlank(from, to) && !(begin > from && isComment(begin, to))) {
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
			// Not a field of the format: an error that a proxy on the way wrote without
			// one.
			data(from, to);
		}
	}

	private int value(int from, int to) {
		return (from < to && this.buffer[from] == ' ') ? from + 1 : from;
	}

	private void data(int from, int to) {
		if (!this.hasData) {
			if (this.events && isComment(from, to)) {
				return;
			}
			this.hasData = true;
			this.dataStart = from;
			this.dataEnd = to;
			return;
		}
		this.buffer[this.dataEnd++] = '\n';
		System.arraycopy(this.buffer, from, this.buffer, this.dataEnd, to - from);
		this.dataEnd += to - from;
	}

	/** Some proxies send keep-alives as data that begins like a comment. */
	private boolean isComment(int from, int to) {
		int at = afterSpaces(from, to);
		return at < to && this.buffer[at] == ':';
	}

	private boolean isBlank(int from, int to) {
		return afterSpaces(from, to) == to;
	}

	private int afterSpaces(int from, int to) {
		int at = from;
		while (at < to && (this.buffer[at] == ' ' || this.buffer[at] == '\t')) {
			at++;
		}
		return at;
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

	/**
	 * Finds line ends, eight bytes at a time, because it reads every byte of every
	 * streamed answer.
	 */
	static final class LineEnds {

		private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class,
				ByteOrder.LITTLE_ENDIAN);

		private static final long ONES = 0x0101010101010101L;

		private static final long HIGHS = 0x8080808080808080L;

		private LineEnds() {
		}

		/** Where the next CR or LF is, or {@code to}. */
		static int next(byte[] bytes, int from, int to) {
			int at = from;
			for (; at + 8 <= to; at += 8) {
				long word = (long) LONGS.get(bytes, at);
				long feed = word ^ (ONES * '\n');
				long carriage = word ^ (ONES * '\r');
				long found = (((feed - ONES) & ~feed) | ((carriage - ONES) & ~carriage)) & HIGHS;
				if (found != 0) {
					return at + (Long.numberOfTrailingZeros(found) >>> 3);
				}
			}
			while (at < to && bytes[at] != '\n' && bytes[at] != '\r') {
				at++;
			}
			return at;
		}

	}

}
