package io.arcllm;

/**
 * Stores the records of the module {@code audit}. A bean of this type replaces the
 * configured sink. It is called in order, on one thread of its own, and may block.
 */
@FunctionalInterface
public interface AuditSink {

	/**
	 * Stores a record. If it throws, {@code on-sink-failure} decides what follows.
	 */
	void write(AuditRecord record);

}
