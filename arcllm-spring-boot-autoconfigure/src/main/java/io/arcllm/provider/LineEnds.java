package io.arcllm.provider;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds the ends of lines, eight bytes a step: it looks at every byte of every streamed
 * answer.
 */
final class LineEnds {

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

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
