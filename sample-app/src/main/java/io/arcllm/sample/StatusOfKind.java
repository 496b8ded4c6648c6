package io.arcllm.sample;

import io.arcllm.ErrorKind;

/**
 * Says in HTTP what went wrong.
 */
public final class StatusOfKind {

	private StatusOfKind() {
	}

	/**
	 * The status that fits.
	 */
	public static int of(ErrorKind kind) {
		return switch (kind) {
			case RATE_LIMITED, THROTTLED, QUOTA_EXHAUSTED -> 429;
			case OVERLOADED, CIRCUIT_OPEN, BULKHEAD_FULL, AUDIT_UNAVAILABLE -> 503;
			case SERVER_ERROR, NETWORK, PROTOCOL, INTERRUPTED -> 502;
			case TIMEOUT, DEADLINE_EXCEEDED -> 504;
			case AUTHENTICATION -> 401;
			case PERMISSION -> 403;
			case MODEL_NOT_FOUND -> 404;
			case CONTEXT_WINDOW, CONTENT_POLICY, UNSUPPORTED, INVALID_REQUEST -> 400;
			case BUDGET_EXCEEDED -> 402;
			case CANCELLED -> 499;
		};
	}

}
