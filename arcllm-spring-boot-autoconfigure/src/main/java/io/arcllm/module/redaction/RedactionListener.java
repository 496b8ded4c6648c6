package io.arcllm.module.redaction;

/**
 * Hears of what is taken out, by type: never the values.
 */
@FunctionalInterface
public interface RedactionListener {

	/** Hears nothing. */
	RedactionListener NONE = (type) -> {
	};

	/**
	 * One more was taken out.
	 * @param type such as {@code email}, or the name of a pattern
	 */
	void redacted(String type);

}
