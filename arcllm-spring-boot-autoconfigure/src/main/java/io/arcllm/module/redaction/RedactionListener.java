package io.arcllm.module.redaction;

/**
 * Is notified of removals, by type; never of the values.
 */
@FunctionalInterface
public interface RedactionListener {

	/** Does nothing. */
	RedactionListener NONE = (type) -> {
	};

	/**
	 * A value was removed.
	 * @param type such as {@code email}, or the name of a pattern
	 */
	void redacted(String type);

}
