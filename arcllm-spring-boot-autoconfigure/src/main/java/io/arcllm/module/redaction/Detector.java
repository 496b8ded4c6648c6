package io.arcllm.module.redaction;

/**
 * Finds one kind of values to remove, in time proportional to the text.
 */
abstract class Detector {

	private final String type;

	/**
	 * @param type its name in settings and meters
	 */
	Detector(String type) {
		this.type = type;
	}

	/** Its name in settings and meters, such as {@code credit-card}. */
	final String type() {
		return this.type;
	}

	/**
	 * Adds all matches from an index on, and where a match may have begun that is not
	 * complete yet. What stands before the index is context only.
	 * <p>
	 * A match depends on at most {@link Redactor#CONTEXT} characters before it, and
	 * otherwise only on characters that were read through the scan. So a text gives the
	 * same matches in one piece and in many.
	 */
	abstract void find(Scan scan, int from, Matches matches);

}
