package io.arcllm;

import org.jspecify.annotations.Nullable;

/**
 * Makes text from outside safe for a log, a message or an accessor: cuts it, and replaces
 * control, line and bidi characters.
 */
public final class PrintableText {

	private static final char INSTEAD = '?';

	private PrintableText() {
	}

	/** The same text on one line, and as long: one character for each. */
	static String line(String text) {
		return isPlain(text) ? text : replaced(text);
	}

	private static String replaced(String text) {
		StringBuilder line = new StringBuilder(text);
		for (int i = 0; i < line.length(); i++) {
			if (!isPlain(line.charAt(i))) {
				line.setCharAt(i, Character.isWhitespace(line.charAt(i)) ? ' ' : INSTEAD);
			}
		}
		return line.toString();
	}

	/**
	 * The same text on one line; runs of white space become one space.
	 * @param longest the most characters
	 */
	public static @Nullable String of(@Nullable String text, int longest) {
		return (text == null) ? null : clean(text, longest);
	}

	/**
	 * The same text on one line; runs of white space become one space.
	 * @param longest the most characters
	 */
	public static String clean(String text, int longest) {
		if (text.length() <= longest && isPlain(text)) {
			return text;
		}
		StringBuilder clean = new StringBuilder(Math.min(text.length(), longest));
		for (int i = 0; i < text.length() && clean.length() <= longest; i++) {
			char character = text.charAt(i);
			boolean space = !isPlain(character) || character == ' ';
			if (!space) {
				clean.append(character);
			}
			else if (!clean.isEmpty() && clean.charAt(clean.length() - 1) != ' ') {
				clean.append(' ');
			}
		}
		String words = clean.toString().strip();
		return (words.length() <= longest) ? words : words.substring(0, longest - 1) + "…";
	}

	private static boolean isPlain(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (!isPlain(text.charAt(i))) {
				return false;
			}
		}
		return true;
	}

	private static boolean isPlain(char character) {
		return (character >= ' ' && character < 0x7f) || !(Character.isISOControl(character)
				|| Character.isWhitespace(character) || Character.getType(character) == Character.FORMAT
				|| Character.getType(character) == Character.LINE_SEPARATOR
				|| Character.getType(character) == Character.PARAGRAPH_SEPARATOR);
	}

}
