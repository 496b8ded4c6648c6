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

	/** How far the line that was skipped last is the known one. */
	private int same;

	/** How far this line is the known one; no farther than its end is known. */
	int skip(byte[] bytes, int from, int to) {
		int most = Math.min(this.line.length, to - from);
		int differs = Arrays.mismatch(this.line, 0, most, bytes, from, from + most);
		this.same = (differs < 0) ? most : differs;
		return this.same;
	}

	/** Takes the line that was skipped for the known one, unless it begins like that. */
	void learn(byte[] bytes, int from, int to) {
		if (this.same < WORTH_KNOWING && to - from >= WORTH_KNOWING && skip(bytes, from, to) < WORTH_KNOWING) {
			this.line = Arrays.copyOfRange(bytes, from, to);
		}
	}

}
