package io.arcllm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A vendor's answer as it came, hidden from {@code toString} and from JSON, which say
 * nothing but its length.
 */
public final class RawBody {

	private final byte[] bytes;

	/**
	 * @param bytes the body, in UTF-8; not copied, so don't change it
	 */
	public RawBody(byte[] bytes) {
		this.bytes = bytes;
	}

	/**
	 * All of it. It may repeat what was sent: don't log it.
	 */
	public String text() {
		return new String(this.bytes, StandardCharsets.UTF_8);
	}

	/**
	 * How many bytes it has.
	 */
	public int getLength() {
		return this.bytes.length;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof RawBody body && Arrays.equals(this.bytes, body.bytes);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.bytes);
	}

	@Override
	public String toString() {
		return "RawBody[" + this.bytes.length + " bytes]";
	}

}
