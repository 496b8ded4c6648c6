package io.arcllm;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * What went wrong, and the table of what follows from it by default: whether the same
 * target is asked again, whether the next one is, for how long the target is left alone,
 * and what the failure says something about. Policies ask the kind, or
 * {@link LlmException} where more than the kind decides; nothing parses messages. The
 * settings {@code retry.on} and {@code fallback.on} go before this table, and have its
 * rows as their defaults.
 */
public enum ErrorKind {

	/** 429: too many requests or tokens a minute. */
	RATE_LIMITED(429, Domain.KEY, Pause.AS_ASKED, Consequence.RETRY, Consequence.FAIL_OVER, Consequence.OTHER_KEY),

	/** 529, 503, {@code overloaded_error}: the vendor is too busy. */
	OVERLOADED(503, Domain.MODEL, Pause.AS_ASKED, Consequence.RETRY, Consequence.FAIL_OVER, Consequence.COUNT),

	/** 500, 502, 504: the vendor is broken. */
	SERVER_ERROR(502, Domain.MODEL, Pause.AS_ASKED, Consequence.RETRY, Consequence.FAIL_OVER, Consequence.COUNT),

	/** Refused, reset, closed early, TLS, DNS. */
	NETWORK(502, Domain.ENDPOINT, Pause.NONE, Consequence.RETRY, Consequence.FAIL_OVER, Consequence.COUNT,
			Consequence.CUT),

	/**
	 * The target was silent for too long; {@link LlmException#stage()} says in which
	 * phase.
	 */
	TIMEOUT(504, Domain.MODEL, Pause.NONE, Consequence.RETRY, Consequence.FAIL_OVER, Consequence.COUNT,
			Consequence.CUT),

	/** Not JSON, a malformed frame, a missing field. */
	PROTOCOL(502, Domain.MODEL, Pause.NONE, Consequence.RETRY, Consequence.FAIL_OVER, Consequence.COUNT,
			Consequence.CUT),

	/** Content began, then failure, silence or a missing end. */
	INTERRUPTED(502, Domain.MODEL, Pause.NONE, Consequence.COUNT, Consequence.CUT),

	/** The account has no money or quota left. */
	QUOTA_EXHAUSTED(429, Domain.KEY, Pause.REST_OF_CALL, Consequence.FAIL_OVER, Consequence.COUNT,
			Consequence.OTHER_KEY),

	/** The key is wrong. */
	AUTHENTICATION(401, Domain.KEY, Pause.REST_OF_CALL, Consequence.FAIL_OVER, Consequence.OTHER_KEY,
			Consequence.RETRY_BY_STATUS),

	/** The key may not do this. */
	PERMISSION(403, Domain.KEY, Pause.REST_OF_CALL, Consequence.FAIL_OVER, Consequence.RETRY_BY_STATUS),

	/** The vendor has no such model. */
	MODEL_NOT_FOUND(404, Domain.MODEL, Pause.REST_OF_CALL, Consequence.FAIL_OVER, Consequence.RETRY_BY_STATUS),

	/** The request is longer than the model takes. */
	CONTEXT_WINDOW(400, Domain.CALLER, Pause.REST_OF_CALL, Consequence.FAIL_OVER, Consequence.REFUSES),

	/** The vendor's filter refused. */
	CONTENT_POLICY(400, Domain.CALLER, Pause.REST_OF_CALL),

	/** The model or vendor does not take a part of the request that others may take. */
	UNSUPPORTED(400, Domain.CALLER, Pause.REST_OF_CALL, Consequence.FAIL_OVER, Consequence.REFUSES),

	/** Other 400, 413, 422: the request itself is wrong. */
	INVALID_REQUEST(400, Domain.CALLER, Pause.REST_OF_CALL, Consequence.REFUSES, Consequence.RETRY_BY_STATUS),

	/** Our own refusal: the target's circuit breaker is open. */
	CIRCUIT_OPEN(503, Domain.NONE, Pause.NONE, Consequence.FAIL_OVER, Consequence.UNSENT),

	/** Our own refusal: no permit of the rate limit within {@code max-wait}. */
	THROTTLED(429, Domain.NONE, Pause.NONE, Consequence.RETRY, Consequence.FAIL_OVER, Consequence.UNSENT),

	/** Our own refusal: too many calls at once. */
	BULKHEAD_FULL(503, Domain.NONE, Pause.NONE, Consequence.RETRY, Consequence.FAIL_OVER, Consequence.UNSENT),

	/** Our own refusal: a limit of money is used up. */
	BUDGET_EXCEEDED(402, Domain.CALLER, Pause.NONE, Consequence.END, Consequence.UNSENT),

	/** The call's own deadline passed, or its attempts are used up. */
	DEADLINE_EXCEEDED(504, Domain.CALLER, Pause.NONE, Consequence.END, Consequence.CUT),

	/** The caller cancelled, or its subscriber is gone. */
	CANCELLED(499, Domain.CALLER, Pause.NONE, Consequence.END, Consequence.CUT),

	/** Our own refusal: every call must be recorded, and this one cannot be. */
	AUDIT_UNAVAILABLE(503, Domain.CALLER, Pause.NONE, Consequence.END, Consequence.UNSENT);

	private final int httpStatus;

	private final Domain domain;

	private final Pause pause;

	private final Set<Consequence> consequences;

	ErrorKind(int httpStatus, Domain domain, Pause pause, Consequence... consequences) {
		this.httpStatus = httpStatus;
		this.domain = domain;
		this.pause = pause;
		this.consequences = EnumSet.noneOf(Consequence.class);
		this.consequences.addAll(Arrays.asList(consequences));
	}

	/**
	 * What a failure says something about.
	 */
	public enum Domain {

		/** The caller's request, or the limits of the call. */
		CALLER,

		/** The key, and the account behind it. */
		KEY,

		/** One model of a provider. */
		MODEL,

		/** The host and port, for all targets there. */
		ENDPOINT,

		/** None of these: a limit of the application itself. */
		NONE

	}

	/**
	 * For how long a call leaves a target alone.
	 */
	enum Pause {

		/** Not at all. */
		NONE,

		/** For the wait that the vendor names. */
		AS_ASKED,

		/** Until the call is over: the same request would fail in the same way. */
		REST_OF_CALL

	}

	private enum Consequence {

		/** The same target may be asked again. */
		RETRY,

		/** The same target may be asked again if the configuration lists its status. */
		RETRY_BY_STATUS,

		/** Another key of the same vendor may be asked at once. */
		OTHER_KEY,

		/** The next target may be asked. */
		FAIL_OVER,

		/** A circuit breaker counts it. */
		COUNT,

		/** The target refused the request as it is. */
		REFUSES,

		/** The answer was ended on our side, and may have begun. */
		CUT,

		/** The call is over. */
		END,

		/** Nothing was sent. */
		UNSENT

	}

	/**
	 * Whether the same target may be asked again.
	 */
	public boolean isRetryable() {
		return this.consequences.contains(Consequence.RETRY);
	}

	/**
	 * Whether the same target may be asked again where the configuration lists the status
	 * that it answered with, and not otherwise.
	 */
	public boolean isRetryableByStatus() {
		return this.consequences.contains(Consequence.RETRY_BY_STATUS);
	}

	/**
	 * Whether another key of the same vendor may be asked at once.
	 */
	public boolean asksAnotherKey() {
		return this.consequences.contains(Consequence.OTHER_KEY);
	}

	/**
	 * Whether the next target of the chain may be asked, by the kind alone: a failure may
	 * say otherwise ({@link LlmException#failsOver()}).
	 */
	public boolean failsOver() {
		return this.consequences.contains(Consequence.FAIL_OVER);
	}

	/**
	 * Whether a circuit breaker counts it against the target.
	 */
	public boolean isCountedByBreaker() {
		return this.consequences.contains(Consequence.COUNT);
	}

	/**
	 * Whether the target refused the request as it is, which another may take.
	 */
	public boolean refusesRequest() {
		return this.consequences.contains(Consequence.REFUSES);
	}

	/**
	 * Whether the answer was ended on our side and may have begun. Such an attempt can
	 * cost tokens; an attempt that the vendor answers with an error costs nothing.
	 */
	public boolean cutsAnswers() {
		return this.consequences.contains(Consequence.CUT);
	}

	/**
	 * Whether the call is over, even if other targets could answer, by the kind alone: a
	 * failure may say otherwise ({@link LlmException#endsTheCall()}).
	 */
	public boolean endsTheCall() {
		return this.consequences.contains(Consequence.END);
	}

	/**
	 * Whether one of our own modules refused, so that nothing was sent.
	 */
	public boolean isUnsent() {
		return this.consequences.contains(Consequence.UNSENT);
	}

	/**
	 * Whether waiting does not help: the same request fails again until the key, the
	 * account or the request changes.
	 */
	public boolean isLasting() {
		return this.pause == Pause.REST_OF_CALL;
	}

	/**
	 * The HTTP status with which an application reports this failure to its own clients.
	 */
	public int httpStatus() {
		return this.httpStatus;
	}

	/**
	 * What the failure says something about.
	 */
	public Domain domain() {
		return this.domain;
	}

	Pause pause() {
		return this.pause;
	}

}
