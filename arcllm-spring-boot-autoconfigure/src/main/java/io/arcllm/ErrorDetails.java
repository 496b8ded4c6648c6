package io.arcllm;

import java.time.Duration;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a failure besides its message. JSON and {@code toString} contain
 * neither the partial answer nor the body.
 *
 * @param kind what went wrong
 * @param target the target that failed, where known
 * @param status the HTTP status, if an answer came
 * @param vendorCode the vendor's own code, such as {@code insufficient_quota}
 * @param requestId the vendor's id for the request
 * @param retryAfter how long the vendor asks to wait
 * @param stage the phase in which the target was silent, for {@link ErrorKind#TIMEOUT}
 * @param partial what was delivered before the failure
 * @param body the vendor's answer as it came; it may repeat what was sent
 * @param retryable whether the vendor says that it may be tried again; {@code null} where
 * it does not say
 * @param staleConnection whether a connection that was kept open from an earlier request
 * broke before a byte of the answer came
 * @param refusedParameter the part of the request that the vendor named when it refused
 * it, or {@code null}
 * @param answerBegan whether the head of an answer had come before the connection broke:
 * the host was reached, so the failure is the target's
 */
public record ErrorDetails(ErrorKind kind, @Nullable Target target, @Nullable Integer status,
		@Nullable String vendorCode, @Nullable String requestId, @Nullable Duration retryAfter,
		@Nullable TimeoutStage stage, @JsonIgnore @Nullable LlmResponse partial, @JsonIgnore @Nullable String body,
		@Nullable Boolean retryable, boolean staleConnection, @Nullable RefusedParameter refusedParameter,
		boolean answerBegan) {

	/**
	 * Details of a failure on a connection of its own that names no part of the request.
	 */
	public ErrorDetails(ErrorKind kind, @Nullable Target target, @Nullable Integer status, @Nullable String vendorCode,
			@Nullable String requestId, @Nullable Duration retryAfter, @Nullable TimeoutStage stage,
			@Nullable LlmResponse partial, @Nullable String body, @Nullable Boolean retryable) {
		this(kind, target, status, vendorCode, requestId, retryAfter, stage, partial, body, retryable, false, null,
				false);
	}

	/**
	 * Details of a failure before any answer began.
	 */
	public ErrorDetails(ErrorKind kind, @Nullable Target target, @Nullable Integer status, @Nullable String vendorCode,
			@Nullable String requestId, @Nullable Duration retryAfter, @Nullable TimeoutStage stage,
			@Nullable LlmResponse partial, @Nullable String body, @Nullable Boolean retryable, boolean staleConnection,
			@Nullable RefusedParameter refusedParameter) {
		this(kind, target, status, vendorCode, requestId, retryAfter, stage, partial, body, retryable, staleConnection,
				refusedParameter, false);
	}

	/**
	 * Details of which only the kind is known.
	 */
	public static ErrorDetails of(ErrorKind kind) {
		return new ErrorDetails(kind, null, null, null, null, null, null, null, null, null);
	}

	/**
	 * Leaves out the partial answer and the body, which may contain the user's words.
	 */
	@Override
	public String toString() {
		return "ErrorDetails[kind=" + this.kind + ", target=" + this.target + ", status=" + this.status
				+ ", vendorCode=" + this.vendorCode + ", requestId=" + this.requestId + ", retryAfter="
				+ this.retryAfter + ", stage=" + this.stage + "]";
	}

}
