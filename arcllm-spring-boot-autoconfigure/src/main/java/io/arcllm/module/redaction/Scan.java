package io.arcllm.module.redaction;

/**
 * A text that is read character by character. It remembers whether its end was reached,
 * because then more text could change the result.
 */
final class Scan {

	/** No character: before the text or after its end. */
	static final int NONE = -1;

	final String text;

	private final int end;

	private boolean hitEnd;

	/**
	 * Where the last match begins, which may be after the place where the search began.
	 */
	int start;

	Scan(String text) {
		this.text = text;
		this.end = text.length();
	}

	int end() {
		return this.end;
	}

	/** Starts the search at a place. */
	void begin(int index) {
		this.start = index;
		this.hitEnd = false;
	}

	/** The character there, or {@link #NONE} at the end, which is then remembered. */
	int at(int index) {
		if (index < this.end) {
			return this.text.charAt(index);
		}
		this.hitEnd = true;
		return NONE;
	}

	/** The character before, or {@link #NONE}. Never changes with more text. */
	int before(int index) {
		return (index > 0) ? this.text.charAt(index - 1) : NONE;
	}

	/** Whether more text could have changed what was found since {@link #begin}. */
	boolean hasHitEnd() {
		return this.hitEnd;
	}

	static boolean isDigit(int c) {
		return c >= '0' && c <= '9';
	}

	static boolean isAsciiLetter(int c) {
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
	}

	static boolean isAlphanumeric(int c) {
		return isDigit(c) || isAsciiLetter(c);
	}

	/**
	 * Whether it is a letter of a script that is written with spaces. In other scripts,
	 * an address could not be told apart from the words before it.
	 */
	static boolean isLetter(int c) {
		return isAsciiLetter(c) || (c >= 0xAA && c < 0x590 && Character.isLetter(c));
	}

	static boolean isWord(int c) {
		return isDigit(c) || isLetter(c) || c == '_';
	}

	/** Spaces inside numbers, including those that do not break. */
	static boolean isSpace(int c) {
		return c == ' ' || c == 0xA0 || c == 0x202F;
	}

	static boolean isHex(int c) {
		return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
	}

}
