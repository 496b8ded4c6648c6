package io.arcllm;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * What went wrong, and the one table of what follows from it by default: again,
 * elsewhere, left alone for how long, and whose failure it is. Policies ask the kind, or
 * {@link LlmException} where more than the kind decides; nothing reads messages.
 */
public enum ErrorKind {

	/** 429: too many requests or tokens a minute. */
	RATE_LIMITED(Domain.KEY, Pause.AS_ASKED, Consequence.RETRY, Consequence.FAIL_OVER),

	/** 529, 503, {@code overloaded_error}: the vendor is too busy. */
	OVERLOADED(Domain.MODEL, Pause.AS_ASKED, Consequence.RETRY, Consequence.FAIL_OVER, Consequence.COUNT),

	/** 500, 502, 504: the vendor is broken. */
	SERVER_ERROR(Domain.MODEL, Pause.AS_ASKED, Consequence.RETRY, Consequence.FAIL_OVER, Consequence.COUNT),

	/** Refused, reset, closed early, TLS, DNS. */
	NETWORK(Domain.ENDPOINT, Pause.NONE, Consequence.RETRY, Consequence.FAIL_OVER, Consequence.COUNT),

	/** Silence for too long; {@link LlmException#stage()} says when. */
	TIMEOUT(Domain.MODEL, Pause.NONE, Consequence.RETRY, Consequence.FAIL_OVER, Consequence.COUNT),

	/** Not JSON, a malformed frame, a missing field. */
	PROTOCOL(Domain.MODEL, Pause.NONE, Consequence.RETRY, Consequence.FAIL_OVER, Consequence.COUNT),

	/** Content began, then failure, silence or a missing end. */
	INTERRUPTED(Domain.MODEL, Pause.NONE, Consequence.COUNT),

	/** The account has no money or quota left. */
	QUOTA_EXHAUSTED(Domain.KEY, Pause.REST_OF_CALL, Consequence.FAIL_OVER, Consequence.COUNT),

	/** The key is wrong. */
	AUTHENTICATION(Domain.KEY, Pause.REST_OF_CALL, Consequence.FAIL_OVER),

	/** The key may not do this. */
	PERMISSION(Domain.KEY, Pause.REST_OF_CALL, Consequence.FAIL_OVER),

	/** The vendor has no such model. */
	MODEL_NOT_FOUND(Domain.MODEL, Pause.REST_OF_CALL, Consequence.FAIL_OVER),

	/** The request is longer than the model takes. */
	CONTEXT_WINDOW(Domain.CALLER, Pause.REST_OF_CALL, Consequence.FAIL_OVER, Consequence.REFUSES),

	/** The vendor's filter refused. */
	CONTENT_POLICY(Domain.CALLER, Pause.REST_OF_CALL),

	/** The model or vendor does not take a part of the request that others may take. */
	UNSUPPORTED(Domain.CALLER, Pause.REST_OF_CALL, Consequence.FAIL_OVER, Consequence.REFUSES),

	/** Other 400, 413, 422: the request itself is wrong. */
	INVALID_REQUEST(Domain.CALLER, Pause.REST_OF_CALL, Consequence.REFUSES),

	/** Our own refusal: the target's circuit breaker is open. */
	CIRCUIT_OPEN(Domain.NONE, Pause.NONE, Consequence.FAIL_OVER, Consequence.UNSENT),

	/** Our own refusal: no permit of the rate limit within {@code max-wait}. */
	THROTTLED(Domain.NONE, Pause.NONE, Consequence.RETRY, Consequence.FAIL_OVER, Consequence.UNSENT),

	/** Our own refusal: too many calls at once. */
	BULKHEAD_FULL(Domain.NONE, Pause.NONE, Consequence.RETRY, Consequence.FAIL_OVER, Consequence.UNSENT),

	/** Our own refusal: the money is spent. */
	BUDGET_EXCEEDED(Domain.CALLER, Pause.NONE, Consequence.END, Consequence.UNSENT),

	/** The call's own deadline passed, or its attempts are used up. */
	DEADLINE_EXCEEDED(Domain.CALLER, Pause.NONE, Consequence.END),

	/** The caller went away. */
	CANCELLED(Domain.CALLER, Pause.NONE, Consequence.END),

	/** Our own refusal: the call could not be recorded, and must be. */
	AUDIT_UNAVAILABLE(Domain.CALLER, Pause.NONE, Consequence.END, Consequence.UNSENT);

	private final Domain domain;

	private final Pause pause;

	private final Set<Consequence> consequences;

	ErrorKind(Domain domain, Pause pause, Consequence... consequences) {
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

		/** The host and port, whatever is asked there. */
		ENDPOINT,

		/** Neither: a limit of the application's own. */
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

		/** The next target may be asked. */
		FAIL_OVER,

		/** A circuit breaker counts it. */
		COUNT,

		/** The target refused the request as it is. */
		REFUSES,

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
	 * Whether the next target of the chain may be asked.
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
	 * Whether the call is over, whatever its targets could do.
	 */
	public boolean endsTheCall() {
		return this.consequences.contains(Consequence.END);
	}

	/**
	 * Whether a module of ours refused, and nothing was sent.
	 */
	public boolean isUnsent() {
		return this.consequences.contains(Consequence.UNSENT);
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
