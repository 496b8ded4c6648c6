package io.arcllm;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * One request on the wire, or one target that was passed over.
 *
 * @param target who was asked
 * @param outcome how it ended
 * @param startedAfter from the start of the call
 * @param waited how long the call waited on purpose before it
 * @param firstToken from the start of the attempt to its first content, if there was any
 * @param duration from the start of the attempt to its end
 * @param error what went wrong, if something did
 * @param reason the error's message, or why the target was passed over; empty on success
 * @param status the HTTP status, if the vendor's answer was an error
 * @param requestId the vendor's id for the request
 * @param usage the tokens it used
 */
public record Attempt(Target target, Outcome outcome, Duration startedAfter, Duration waited,
		@Nullable Duration firstToken, Duration duration, @Nullable ErrorKind error, String reason,
		@Nullable Integer status, @Nullable String requestId, Usage usage) {

	/**
	 * How an attempt ended.
	 */
	public enum Outcome {

		/** With the whole answer. */
		COMPLETED,

		/** With an error. */
		FAILED,

		/** The caller, a hedge or a timeout further out let go of it. */
		CANCELLED,

		/** The target was passed over; nothing was sent. */
		SKIPPED

	}

	/**
	 * A target that was passed over.
	 */
	public static Attempt skipped(Target target, Duration startedAfter, @Nullable ErrorKind error, String reason) {
		return new Attempt(target, Outcome.SKIPPED, startedAfter, Duration.ZERO, null, Duration.ZERO, error, reason,
				null, null, Usage.UNKNOWN);
	}

}
