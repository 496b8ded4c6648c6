package io.arcllm.module.redaction;

/**
 * Finds one kind of what is to be taken out, in time proportional to the text.
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
	 * Adds all there is from an index on, and says where something may have begun that is
	 * not whole yet. What stands before the index is context: it was decided before.
	 * <p>
	 * What is found depends on at most {@link Redactor#CONTEXT} characters before it, and
	 * else only on characters that were asked for through the scan; hence a text gives
	 * the same matches in one piece and in many.
	 */
	abstract void find(Scan scan, int from, Matches matches);

}
