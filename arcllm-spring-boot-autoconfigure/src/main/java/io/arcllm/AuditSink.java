package io.arcllm;

/**
 * Keeps the records of the module {@code audit}: a bean of this type takes the place of
 * the configured sink. Called on one thread of its own, in order; it may block.
 */
@FunctionalInterface
public interface AuditSink {

	/**
	 * Keeps a record. What it throws is a failure of the sink.
	 */
	void write(AuditRecord record);

}
