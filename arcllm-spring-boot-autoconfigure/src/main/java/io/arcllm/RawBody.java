package io.arcllm;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * A vendor's answer as it came, hidden from {@code toString} and from JSON, which show
 * only its length.
 */
public final class RawBody {

	private final int length;

	private final Supplier<byte[]> bytes;

	/**
	 * @param bytes the body, in UTF-8; not copied, so it must not be changed
	 */
	public RawBody(byte[] bytes) {
		this(bytes.length, () -> bytes);
	}

	/**
	 * A body in pieces, which are put together when it is looked at.
	 * @param pieces the body, in UTF-8; not copied, so don't change them
	 * @param length how many bytes of them belong to it
	 */
	public RawBody(List<byte[]> pieces, int length) {
		this(length, () -> joined(pieces, length));
	}

	/**
	 * A body that is kept in another form until it is looked at.
	 * @param length how many bytes it has
	 * @param bytes makes the body, in UTF-8, each time that it is looked at, by any
	 * thread
	 */
	public RawBody(int length, Supplier<byte[]> bytes) {
		this.length = length;
		this.bytes = bytes;
	}

	private static byte[] joined(List<byte[]> pieces, int length) {
		ByteBuffer all = ByteBuffer.allocate(length);
		pieces.forEach((piece) -> all.put(piece, 0, Math.min(piece.length, all.remaining())));
		return all.array();
	}

	private byte[] bytes() {
		return this.bytes.get();
	}

	/**
	 * The whole body. It may repeat what was sent, so do not log it.
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
