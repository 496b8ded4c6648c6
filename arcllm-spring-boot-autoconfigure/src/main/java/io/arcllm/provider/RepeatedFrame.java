package io.arcllm.provider;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Recognises a frame that is equal to an earlier one except for its words. Most frames of
 * a stream are, byte for byte, so only their words have to be read. Everything that is
 * not certain is left to the JSON parser. Not safe for use by several threads.
 */
public final class RepeatedFrame {

	private static final int MOST_EXAMPLES = 4;

	/** The character that replaces bytes which are not UTF-8. */
	private static final char UNREADABLE = '\uFFFD';

	private byte[] before = {};

	private byte[] after = {};

	private int examples;

	/**
	 * The words of this frame, if it is otherwise equal to the example; else {@code
	 * null}.
	 */
	public @Nullable String words(Frame frame) {
		int length = frame.length() - this.before.length - this.after.length;
		if (this.before.length == 0 || length < 0) {
			return null;
		}
		byte[] bytes = frame.bytes();
		int start = frame.offset() + this.before.length;
		int end = start + length;
		boolean same = Arrays.equals(bytes, frame.offset(), start, this.before, 0, this.before.length)
				&& Arrays.equals(bytes, end, end + this.after.length, this.after, 0, this.after.length);
		if (!same || plainUntil(bytes, start, end) < end) {
			return null;
		}
		String words = new String(bytes, start, length, StandardCharsets.UTF_8);
		return (words.indexOf(UNREADABLE) < 0) ? words : null;
	}

	/**
	 * Whether another example is worth keeping; not for streams whose frames vary in more
	 * than their words.
	 */
	public boolean wantsExample() {
		return this.examples < MOST_EXAMPLES;
	}

	/**
	 * Keeps a parsed frame that had only words as the example.
	 * @param start where the words begin in its bytes, after their quotation mark
	 */
	public void learn(Frame frame, int start) {
		byte[] bytes = frame.bytes();
		int last = frame.offset() + frame.length();
		int end = plainUntil(bytes, start, last);
		if (end < last && bytes[end] == '"' && bytes[start - 1] == '"') {
			this.examples++;
			this.before = Arrays.copyOfRange(bytes, frame.offset(), start);
			this.after = Arrays.copyOfRange(bytes, end, last);
		}
	}

	/** The index of the first byte that JSON escapes in a string, or that ends it. */
	private static int plainUntil(byte[] bytes, int start, int end) {
		int i = start;
		while (i < end && (bytes[i] >= ' ' || bytes[i] < 0) && bytes[i] != '"' && bytes[i] != '\\') {
			i++;
		}
		return i;
	}

}
