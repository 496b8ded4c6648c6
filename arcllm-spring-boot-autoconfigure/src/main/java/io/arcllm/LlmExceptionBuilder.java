package io.arcllm;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Builds an exception; {@link LlmException#of} begins. Not safe for use by several
 * threads.
 */
public final class LlmExceptionBuilder {

	private final ErrorKind kind;

	private final String message;

	private @Nullable Target target;

	private @Nullable Integer status;

	private @Nullable String vendorCode;

	private @Nullable String requestId;

	private @Nullable Duration retryAfter;

	private @Nullable TimeoutStage stage;

	private @Nullable LlmResponse partial;

	private @Nullable String body;

	private @Nullable Boolean retryable;

	private boolean staleConnection;

	private @Nullable RefusedParameter refusedParameter;

	private boolean answerBegan;

	private @Nullable Throwable cause;

	LlmExceptionBuilder(ErrorKind kind, String message) {
		this.kind = kind;
		this.message = message;
	}

	/**
	 * Copies what is known of another failure, except its kind and its partial answer.
	 */
	public LlmExceptionBuilder like(LlmException other) {
		ErrorDetails known = other.details();
		this.target = known.target();
		this.status = known.status();
		this.vendorCode = known.vendorCode();
		this.requestId = known.requestId();
		this.retryAfter = known.retryAfter();
		this.stage = known.stage();
		this.body = known.body();
		this.retryable = known.retryable();
		this.staleConnection = known.staleConnection();
		this.refusedParameter = known.refusedParameter();
		this.answerBegan = known.answerBegan();
		return this;
	}

	/** The target that failed. */
	public LlmExceptionBuilder target(@Nullable Target target) {
		this.target = target;
		return this;
	}

	/** The target that failed, if only its provider is known. */
	public LlmExceptionBuilder provider(String provider) {
		return target(new Target(provider, null));
	}

	/** The HTTP status. */
	public LlmExceptionBuilder status(@Nullable Integer status) {
		this.status = status;
		return this;
	}

	/** The vendor's own code. */
	public LlmExceptionBuilder vendorCode(@Nullable String vendorCode) {
		this.vendorCode = vendorCode;
		return this;
	}

	/** The vendor's id for the request. */
	public LlmExceptionBuilder requestId(@Nullable String requestId) {
		this.requestId = requestId;
		return this;
	}

	/** How long to wait before trying again. */
	public LlmExceptionBuilder retryAfter(@Nullable Duration retryAfter) {
		this.retryAfter = retryAfter;
		return this;
	}

	/** The phase in which the target was silent. */
	public LlmExceptionBuilder stage(@Nullable TimeoutStage stage) {
		this.stage = stage;
		return this;
	}

	/** What was delivered before the failure. */
	public LlmExceptionBuilder partial(@Nullable LlmResponse partial) {
		this.partial = partial;
		return this;
	}

	/** The vendor's answer as it came. */
	public LlmExceptionBuilder body(@Nullable String body) {
		this.body = body;
		return this;
	}

	/**
	 * Whether the vendor says that it may be tried again; {@code null} where it does not
	 * say.
	 */
	public LlmExceptionBuilder retryable(@Nullable Boolean retryable) {
		this.retryable = retryable;
		return this;
	}

	/**
	 * Whether a connection that was kept open from an earlier request broke before a byte
	 * of the answer came, which says nothing about the vendor.
	 */
	public LlmExceptionBuilder staleConnection(boolean staleConnection) {
		this.staleConnection = staleConnection;
		return this;
	}

	/** The part of the request that the vendor named when it refused it. */
	public LlmExceptionBuilder refusedParameter(@Nullable RefusedParameter refusedParameter) {
		this.refusedParameter = refusedParameter;
		return this;
	}

	/** Whether the head of an answer had come before the connection broke. */
	public LlmExceptionBuilder answerBegan(boolean answerBegan) {
		this.answerBegan = answerBegan;
		return this;
	}

	/** The failure below. */
	public LlmExceptionBuilder cause(@Nullable Throwable cause) {
		this.cause = cause;
		return this;
	}

	/** The details alone, for exceptions of a type of their own. */
	public ErrorDetails details() {
		return new ErrorDetails(this.kind, this.target, this.status, this.vendorCode, this.requestId, this.retryAfter,
				this.stage, this.partial, this.body, this.retryable, this.staleConnection, this.refusedParameter,
				this.answerBegan);
	}

	/** The exception. */
	public LlmException build() {
		return new LlmException(details(), this.message, this.cause);
	}

}
