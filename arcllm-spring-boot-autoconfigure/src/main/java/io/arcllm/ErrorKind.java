package io.arcllm;

/**
 * What went wrong, and what follows from it by default. Policies ask the kind; nobody
 * reads messages.
 */
public enum ErrorKind {

	/** 429: too many requests or tokens a minute. */
	RATE_LIMITED(true, true, false),

	/** 529, 503, {@code overloaded_error}: the vendor is too busy. */
	OVERLOADED(true, true, true),

	/** 500, 502, 504: the vendor is broken. */
	SERVER_ERROR(true, true, true),

	/** Refused, reset, closed early, TLS, DNS. */
	NETWORK(true, true, true),

	/** Silence for too long; {@link LlmException#stage()} says when. */
	TIMEOUT(true, true, true),

	/** Not JSON, a malformed frame, a missing field. */
	PROTOCOL(true, true, true),

	/** Content began, then failure, silence or a missing end. */
	INTERRUPTED(false, false, true),

	/** The account has no money or quota left. */
	QUOTA_EXHAUSTED(false, true, true),

	/** The key is wrong. */
	AUTHENTICATION(false, true, false),

	/** The key may not do this. */
	PERMISSION(false, true, false),

	/** The vendor has no such model. */
	MODEL_NOT_FOUND(false, true, false),

	/** The request is longer than the model takes. */
	CONTEXT_WINDOW(false, true, false),

	/** The vendor's filter refused. */
	CONTENT_POLICY(false, false, false),

	/** The model or vendor does not take a part of the request that others may take. */
	UNSUPPORTED(false, true, false),

	/** Other 400, 413, 422: the request itself is wrong. */
	INVALID_REQUEST(false, false, false),

	/** Our own refusal: the target's circuit breaker is open. */
	CIRCUIT_OPEN(false, true, false),

	/** Our own refusal: no permit of the rate limit within {@code max-wait}. */
	THROTTLED(true, true, false),

	/** Our own refusal: too many calls at once. */
	BULKHEAD_FULL(true, true, false),

	/** Our own refusal: the money is spent. */
	BUDGET_EXCEEDED(false, false, false),

	/** The call's own deadline passed, or its attempts are used up. */
	DEADLINE_EXCEEDED(false, false, false),

	/** The caller went away. */
	CANCELLED(false, false, false),

	/** Our own refusal: the call could not be recorded, and must be. */
	AUDIT_UNAVAILABLE(false, false, false);

	private final boolean retryable;

	private final boolean failsOver;

	private final boolean countedByBreaker;

	ErrorKind(boolean retryable, boolean failsOver, boolean countedByBreaker) {
		this.retryable = retryable;
		this.failsOver = failsOver;
		this.countedByBreaker = countedByBreaker;
	}

	/**
	 * Whether the same target may be asked again.
	 */
	public boolean isRetryable() {
		return this.retryable;
	}

	/**
	 * Whether the next target of the chain may be asked.
	 */
	public boolean failsOver() {
		return this.failsOver;
	}

	/**
	 * Whether a circuit breaker counts it against the target.
	 */
	public boolean isCountedByBreaker() {
		return this.countedByBreaker;
	}

}
