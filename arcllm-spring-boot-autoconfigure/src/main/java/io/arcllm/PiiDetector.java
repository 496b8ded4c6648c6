package io.arcllm;

import java.util.List;

/**
 * Finds one kind of personal data in text, for the module {@code redaction}: beans of
 * this type stand beside its own detectors.
 */
public interface PiiDetector {

	/**
	 * What it finds, such as {@code customer-number}: in capitals it is the placeholder.
	 */
	String type();

	/**
	 * All that is to be taken out of the text. What it throws refuses the call.
	 */
	List<Span> find(CharSequence text);

	/**
	 * The longest that is found, in characters. A stream is held back by as many.
	 */
	default int maxLength() {
		return 256;
	}

	/**
	 * Where something may have begun in a text that continues, and is not whole yet. A
	 * detector that knows better than its longest match holds streams back less.
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
