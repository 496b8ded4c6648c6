package io.arcllm.module.audit;

import org.springframework.util.unit.DataSize;

/**
 * What is recorded of calls, and where.
 *
 * @param sink where records are written, unless an AuditSink bean takes them: log, event
 * or none
 * @param includeMessages whether the messages of requests are recorded
 * @param includeResponse whether answers are recorded
 * @param includeTools what is recorded of the tools that the model was offered: none,
 * names or all
 * @param maxContent the longest recorded text, in UTF-8 bytes; longer ones are cut and
 * end with an ellipsis
 * @param onSinkFailure what happens when records cannot be written: continue or refuse
 * @param queue how many records may wait to be written
 * @param hashChain whether each record has the hash of the record before it
 */
public record AuditSettings(Sink sink, boolean includeMessages, boolean includeResponse, IncludeTools includeTools,
		DataSize maxContent, OnSinkFailure onSinkFailure, int queue, boolean hashChain) {

	public AuditSettings {
		if (maxContent.toBytes() < 1 || maxContent.toBytes() > Integer.MAX_VALUE) {
			throw new IllegalArgumentException("max-content must be between 1 byte and 2 GB, was " + maxContent);
		}
		if (queue < 1) {
			throw new IllegalArgumentException("queue must be 1 or more, was " + queue);
		}
	}

	/**
	 * Where records go.
	 */
	public enum Sink {

		/** Lines of JSON through the logger {@code arcllm.audit}. */
		LOG,

		/** Events of Spring, of type {@code AuditRecord}. */
		EVENT,

		/** Nowhere. */
		NONE

	}

	/**
	 * What is recorded of tools.
	 */
	public enum IncludeTools {

		/** Only the hash of their definitions. */
		NONE,

		/** Their names, too. */
		NAMES,

		/** Their definitions, too. */
		ALL

	}

	/**
	 * What happens when records cannot be written.
	 */
	public enum OnSinkFailure {

		/** Calls continue; a lost record is counted, and leaves a gap in the numbers. */
		CONTINUE,

		/** New calls are refused before anything is sent while the queue is full. */
		REFUSE

	}

}
