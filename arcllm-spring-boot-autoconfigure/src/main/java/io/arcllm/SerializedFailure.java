package io.arcllm;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;

import org.jspecify.annotations.Nullable;

/**
 * The serialized form of an {@link LlmException}: everything except answers, bodies,
 * causes and the trail.
 */
final class SerializedFailure implements Serializable {

	private static final long serialVersionUID = 1L;

	private final ErrorKind kind;

	private final String message;

	private final @Nullable String chain;

	private final @Nullable String provider;

	private final @Nullable String model;

	private final @Nullable Integer status;

	private final @Nullable String vendorCode;

	private final @Nullable String requestId;

	private final @Nullable Duration retryAfter;

	private final @Nullable TimeoutStage stage;

	private final @Nullable Boolean retryable;

	private final StackTraceElement[] stackTrace;

	private final ArrayList<LlmException> others;

	SerializedFailure(LlmException failure, String message, @Nullable String chain) {
		ErrorDetails details = failure.details();
		this.kind = failure.kind();
		this.message = message;
		this.chain = chain;
		this.provider = failure.provider();
		this.model = failure.model();
		this.status = details.status();
		this.vendorCode = details.vendorCode();
		this.requestId = details.requestId();
		this.retryAfter = details.retryAfter();
		this.stage = details.stage();
		this.retryable = details.retryable();
		this.stackTrace = failure.getStackTrace();
		this.others = new ArrayList<>(failure.others());
	}

	private Object readResolve() {
		Target target = (this.provider == null) ? null : new Target(this.provider, this.model);
		ErrorDetails details = new ErrorDetails(this.kind, target, this.status, this.vendorCode, this.requestId,
				this.retryAfter, this.stage, null, null, this.retryable);
		return new LlmException(details, this.message, null).restored(this.chain, this.stackTrace, this.others);
	}

}
