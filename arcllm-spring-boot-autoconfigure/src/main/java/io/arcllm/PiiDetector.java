package io.arcllm;

import java.util.List;

/**
 * Finds one kind of personal data in text, for the module {@code redaction}. Beans of
 * this type are used in addition to the built-in detectors. Must be safe for use by many
 * threads.
 */
public interface PiiDetector {

	/**
	 * What it finds, such as {@code customer-number}; written in capitals, it is the
	 * placeholder.
	 */
	String type();

	/**
	 * All parts that are to be removed from the text. If it throws, the call is refused.
	 */
	List<Span> find(CharSequence text);

	/**
	 * The longest match, in characters. A stream is held back by that many characters.
	 */
	default int maxLength() {
		return 256;
	}

	/**
	 * Where a match may have begun that is not complete yet, in a text that continues. A
	 * detector that implements this holds streams back less.
	 * @return an index, or the text's length where nothing has begun
	 */
	default int begunAt(CharSequence text) {
		return Math.max(0, text.length() - maxLength());
	}

	/**
	 * A part of a text.
	 *
	 * @param start of its first character
	 * @param end after its last character
	 */
	record Span(int start, int end) {

		public Span {
			if (start < 0 || end <= start) {
				throw new IllegalArgumentException(
						"A span must begin at 0 or later and end after it began, was " + start + " to " + end);
			}
		}
	}

}
