package io.arcllm.provider.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.arcllm.RawBody;
import io.arcllm.provider.Frame;

/**
 * The frames of a stream, kept as its raw body, each in a line. Frames of one answer
 * mostly differ in a few words, so only what differs from the frame before is kept: all
 * of it would cost more than everything else that is done to a stream.
 * <p>
 * Each frame is written as three numbers and the bytes that are new: how many bytes it
 * begins with as the frame before it, how many it ends with as that, and how many are
 * between.
 * <p>
 * Invariant: all pieces but the last are full, and what was written is never changed, so
 * that a body may be made of them, and read by another thread, while frames are added.
 */
final class KeptFrames {

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

	private static final int FIRST_PIECE = 1024;

	private static final int LONGEST_PIECE = 16384;

	/**
	 * Of a number, the bits that one byte of it holds; the highest says: there is more.
	 */
	private static final int BITS = 7;

	private static final int MORE = 1 << BITS;

	private final List<byte[]> pieces = new ArrayList<>();

	private byte[] piece = new byte[0];

	/** How much of the last piece is written. */
	private int written;

	/** The frame before, at the beginning. */
	private byte[] last = new byte[0];

	private int lastLength;

	/** Of the lines together. */
	private int length;

	void add(Frame frame) {
		int from = frame.offset();
		int to = from + frame.length();
		int shorter = Math.min(frame.length(), this.lastLength);
		int mismatch = Arrays.mismatch(this.last, 0, shorter, frame.bytes(), from, from + shorter);
		int before = (mismatch < 0) ? shorter : mismatch;
		int after = sameEnd(frame.bytes(), to, shorter - before);
		number(before);
		number(after);
		number(frame.length() - before - after);
		write(frame.bytes(), from + before, to - after);
		remember(frame, before);
		this.length += frame.length() + 1;
	}

	/** Eight bytes a step: most of a frame is like the one before it. */
	private int sameEnd(byte[] bytes, int to, int most) {
		int same = 0;
		while (same + Long.BYTES <= most && (long) LONGS.get(bytes, to - same - Long.BYTES) == (long) LONGS
			.get(this.last, this.lastLength - same - Long.BYTES)) {
			same += Long.BYTES;
		}
		while (same < most && bytes[to - 1 - same] == this.last[this.lastLength - 1 - same]) {
			same++;
		}
		return same;
	}

	private void remember(Frame frame, int known) {
		if (this.last.length < frame.length()) {
			this.last = Arrays.copyOf(this.last, Math.max(frame.length(), 2 * this.last.length));
		}
		System.arraycopy(frame.bytes(), frame.offset() + known, this.last, known, frame.length() - known);
		this.lastLength = frame.length();
	}

	private void number(int number) {
		int rest = number;
		while (rest >= MORE) {
			room();
			this.piece[this.written++] = (byte) (rest | MORE);
			rest >>>= BITS;
		}
		room();
		this.piece[this.written++] = (byte) rest;
	}

	private void write(byte[] bytes, int from, int to) {
		int at = from;
		while (at < to) {
			int count = Math.min(to - at, room());
			System.arraycopy(bytes, at, this.piece, this.written, count);
			this.written += count;
			at += count;
		}
	}

	/** There is always some. */
	private int room() {
		if (this.written == this.piece.length) {
			this.piece = new byte[this.pieces.isEmpty() ? FIRST_PIECE : Math.min(2 * this.piece.length, LONGEST_PIECE)];
			this.pieces.add(this.piece);
			this.written = 0;
		}
		return this.piece.length - this.written;
	}

	/** The frames so far. */
	RawBody toBody() {
		Reader reader = new Reader(List.copyOf(this.pieces), this.length);
		return new RawBody(this.length, reader::lines);
	}

	/**
	 * Puts the lines together again.
	 *
	 * @param pieces what was written
	 * @param length of the lines together
	 */
	private record Reader(List<byte[]> pieces, int length) {

		byte[] lines() {
			byte[] lines = new byte[this.length];
			Written written = new Written(this.pieces);
			int last = 0;
			int at = 0;
			while (at < this.length) {
				int before = written.number();
				int after = written.number();
				int between = written.number();
				int end = at - 1;
				int begin = at;
				System.arraycopy(lines, last, lines, at, before);
				at += before;
				written.read(lines, at, between);
				at += between;
				System.arraycopy(lines, Math.max(0, end - after), lines, at, after);
				at += after;
				lines[at++] = '\n';
				last = begin;
			}
			return lines;
		}

	}

	/**
	 * A place in what was written.
	 */
	private static final class Written {

		private final List<byte[]> pieces;

		private int piece;

		private int at;

		Written(List<byte[]> pieces) {
			this.pieces = pieces;
		}

		private byte[] piece() {
			if (this.at == this.pieces.get(this.piece).length) {
				this.piece++;
				this.at = 0;
			}
			return this.pieces.get(this.piece);
		}

		int number() {
			int number = 0;
			int shift = 0;
			int next = MORE;
			while ((next & MORE) != 0) {
				next = piece()[this.at++];
				number |= (next & (MORE - 1)) << shift;
				shift += BITS;
			}
			return number;
		}

		void read(byte[] into, int from, int count) {
			int done = 0;
			while (done < count) {
				byte[] piece = piece();
				int some = Math.min(count - done, piece.length - this.at);
				System.arraycopy(piece, this.at, into, from + done, some);
				this.at += some;
				done += some;
			}
		}

	}

}
