package io.arcllm;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A vendor's answer as it came, hidden from {@code toString} and from JSON, which say
 * nothing but its length.
 */
public final class RawBody {

	private final List<byte[]> pieces;

	private final int length;

	/**
	 * @param bytes the body, in UTF-8; not copied, so don't change it
	 */
	public RawBody(byte[] bytes) {
		this(List.of(bytes), bytes.length);
	}

	/**
	 * A body in pieces, which are put together when it is looked at.
	 * @param pieces the body, in UTF-8; not copied, so don't change them
	 * @param length how many bytes of them belong to it
	 */
	public RawBody(List<byte[]> pieces, int length) {
		this.pieces = List.copyOf(pieces);
		this.length = length;
	}

	private byte[] bytes() {
		if (this.pieces.size() == 1 && this.pieces.get(0).length == this.length) {
			return this.pieces.get(0);
		}
		ByteBuffer all = ByteBuffer.allocate(this.length);
		this.pieces.forEach((piece) -> all.put(piece, 0, Math.min(piece.length, all.remaining())));
		return all.array();
	}

	/**
	 * All of it. It may repeat what was sent: don't log it.
	 */
	public String text() {
		return new String(bytes(), StandardCharsets.UTF_8);
	}

	/**
	 * How many bytes it has.
	 */
	public int getLength() {
		return this.length;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof RawBody body && this.length == body.length && Arrays.equals(bytes(), body.bytes());
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(bytes());
	}

	@Override
	public String toString() {
		return "RawBody[" + this.length + " bytes]";
	}

}
