package io.arcllm.provider;

import java.util.Arrays;

/**
 * Skips what a line has in common with an earlier one, where no line can end: the frames
 * of a stream begin alike. Not safe for use by several threads.
 */
final class KnownBeginning {

	/** What is shorter is searched as fast as it is compared. */
	private static final int WORTH_KNOWING = 64;

	private byte[] line = {};

	/** How far this line is the known one; no farther than its end is known. */
	int skip(byte[] bytes, int from, int to) {
		int most = Math.min(this.line.length, to - from);
		int same = Arrays.mismatch(this.line, 0, most, bytes, from, from + most);
		return (same < 0) ? most : same;
	}

	/** Takes a line for the known one, unless it begins like that. */
	void learn(byte[] bytes, int from, int to) {
		if (to - from >= WORTH_KNOWING && skip(bytes, from, to) < WORTH_KNOWING) {
			this.line = Arrays.copyOfRange(bytes, from, to);
		}
	}

}
