package io.arcllm.provider.json;

/**
 * Tells whether pieces of text together are one complete JSON object, reading each piece
 * once. Invariant: {@code depth} counts the open brackets outside strings; the object is
 * complete when the first one is closed, and no longer complete when more than white
 * space follows.
 */
final class WholeObject {

	private int depth;

	private boolean begun;

	private boolean inString;

	private boolean escaped;

	private boolean more;

	void add(String piece) {
		for (int i = 0; i < piece.length(); i++) {
			add(piece.charAt(i));
		}
	}

	private void add(char character) {
		if (this.inString) {
			this.inString = this.escaped || character != '"';
			this.escaped = !this.escaped && character == '\\';
			return;
		}
		if (Character.isWhitespace(character)) {
			return;
		}
		this.more |= this.depth == 0 && (this.begun || character != '{');
		this.begun = true;
		switch (character) {
			case '"' -> this.inString = true;
			case '{', '[' -> this.depth++;
			case '}', ']' -> this.depth--;
			default -> {
			}
		}
	}

	/** Whether the text so far begins an object. */
	boolean isObject() {
		return this.begun && !this.more;
	}

	boolean isWhole() {
		return this.begun && this.depth == 0 && !this.more && !this.inString;
	}

}
