package io.arcllm;

/**
 * Makes words fit for one line of a log, because a caller may name any model.
 */
final class PlainText {

	private static final char INSTEAD = '?';

	private PlainText() {
	}

	/** The same words without control, line and bidi characters. */
	static String of(String words) {
		for (int i = 0; i < words.length(); i++) {
			if (!isPlain(words.charAt(i))) {
				return clean(words);
			}
		}
		return words;
	}

	private static String clean(String words) {
		StringBuilder clean = new StringBuilder(words);
		for (int i = 0; i < clean.length(); i++) {
			if (!isPlain(clean.charAt(i))) {
				clean.setCharAt(i, Character.isWhitespace(clean.charAt(i)) ? ' ' : INSTEAD);
			}
		}
		return clean.toString();
	}

	private static boolean isPlain(char character) {
		if (character < 0x7f) {
			return character >= ' ';
		}
		return switch (Character.getType(character)) {
			case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
			default -> true;
		};
	}

}
