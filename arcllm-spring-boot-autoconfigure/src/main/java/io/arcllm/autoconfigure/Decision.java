package io.arcllm.autoconfigure;

import java.time.Instant;

import io.arcllm.ErrorKind;
import org.jspecify.annotations.Nullable;

/**
 * Something that was decided for a call or a target. Says nothing of what was asked or
 * answered.
 *
 * @param at when
 * @param type what
 * @param target about whom
 * @param error the kind of error that led to it, if one did
 * @param detail in a few words
 */
record Decision(Instant at, Type type, String target, @Nullable ErrorKind error, String detail) {

	/**
	 * What was decided.
	 */
	enum Type {

		/** A target was asked again. */
		RETRY,

		/** Another target was asked instead. */
		FALLBACK,

		/** A target was passed over. */
		SKIP,

		/** A breaker changed its state. */
		BREAKER,

		/** A target is left alone for a while. */
		PAUSE,

		/** Somebody changed something by hand. */
		MANUAL

	}

}
