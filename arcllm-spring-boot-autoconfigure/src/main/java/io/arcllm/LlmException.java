package io.arcllm;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A failed call, with everything that is known about the failure. Policies decide by
 * {@link #kind()}. The message is short and contains no secrets; the vendor's answer is
 * only in {@link #body()}.
 */
public class LlmException extends RuntimeException {

	private static final int LONGEST_MESSAGE = 500;

	/** How many causes are looked at, because a chain of causes may be a circle. */
	private static final int DEEPEST_CAUSE = 16;

	private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

	private final ErrorKind kind;

	/** Not serialized, because it may contain an answer. */
	private final transient @Nullable ErrorDetails details;

	private volatile @Nullable String chain;

	private transient volatile @Nullable Trail trail = Trail.EMPTY;

	/**
	 * @param details what is known
	 * @param message what happened, in one sentence; cut at 500 characters, and on one
	 * line
	 * @param cause the failure below, if there is one
	 */
	public LlmException(ErrorDetails details, String message, @Nullable Throwable cause) {
		super(PrintableText.line(cut(message, LONGEST_MESSAGE)), cause);
		this.kind = details.kind();
		this.details = details;
	}

	/**
	 * Starts an exception of that kind.
	 */
	public static LlmExceptionBuilder of(ErrorKind kind, String message) {
		return new LlmExceptionBuilder(kind, message);
	}

	/**
	 * What went wrong.
	 */
	public ErrorKind kind() {
		return this.kind;
	}

	/**
	 * Everything that is known about the failure itself.
	 */
	public ErrorDetails details() {
		return (this.details != null) ? this.details : ErrorDetails.of(this.kind);
	}

	/**
	 * The provider that failed, where known.
	 */
	public @Nullable String provider() {
		Target target = details().target();
		return (target == null) ? null : target.provider();
	}

	/**
	 * The model that failed, where known.
	 */
	public @Nullable String model() {
		Target target = details().target();
		return (target == null) ? null : target.model();
	}

	/**
	 * The HTTP status, if an answer came.
	 */
	public @Nullable Integer status() {
		return details().status();
	}

	/**
	 * The vendor's own code, such as {@code insufficient_quota}.
	 */
	public @Nullable String vendorCode() {
		return details().vendorCode();
	}

	/**
	 * The vendor's id for the request.
	 */
	public @Nullable String requestId() {
		return details().requestId();
	}

	/**
	 * The part of the request that the vendor named when it refused it, or {@code null}.
	 */
	public @Nullable RefusedParameter refusedParameter() {
		return details().refusedParameter();
	}

	/**
	 * How long to wait before trying again, if the vendor or a module names a time. It is
	 * never shortened. If a whole chain failed, it is the time until the first of its
	 * targets is ready; the failed target's own wait is in {@link #details()}.
	 */
	public @Nullable Duration retryAfter() {
		Duration own = details().retryAfter();
		if (this.chain != null && isRefusedByAll()) {
			return null;
		}
		boolean alone = this.chain == null || (own == null && isRetryable());
		return alone ? own
				: Stream
					.concat(Stream.ofNullable(own),
							others().stream().map((other) -> other.details().retryAfter()).flatMap(Stream::ofNullable))
					.min(Comparator.naturalOrder())
					.orElse(null);
	}

	/**
	 * The phase in which the target was silent, for {@link ErrorKind#TIMEOUT}.
	 */
	public @Nullable TimeoutStage stage() {
		return details().stage();
	}

	/**
	 * What was delivered before the failure, if anything was.
	 */
	public @Nullable LlmResponse partial() {
		return details().partial();
	}

	/**
	 * The vendor's answer as it came. It may repeat what was sent, so do not log it.
	 */
	public @Nullable String body() {
		return details().body();
	}

	/**
	 * The attempts of the call that failed. Empty until the whole call has failed.
	 */
	public Trail trail() {
		return Objects.requireNonNullElse(this.trail, Trail.EMPTY);
	}

	/**
	 * Whether the same target may be asked again: by the vendor's word, else by the kind.
	 * After an interruption it may be asked again if nothing was delivered.
	 */
	public boolean isRetryable() {
		if (kind() == ErrorKind.INTERRUPTED) {
			return isUndelivered();
		}
		return !Boolean.FALSE.equals(details().retryable()) && kind().isRetryable();
	}

	/** Whether nothing of an answer that broke off has reached the caller. */
	private boolean isUndelivered() {
		return partial() == null || Boolean.TRUE.equals(details().retryable());
	}

	/**
	 * Whether the next target of a chain may be asked. After an interruption it may be
	 * asked if nothing was delivered.
	 */
	public boolean failsOver() {
		return (kind() == ErrorKind.INTERRUPTED) ? isUndelivered() : kind().failsOver();
	}

	/** All targets that were asked refused the request, so waiting does not help. */
	private boolean isRefusedByAll() {
		return kind().refusesRequest()
				&& others().stream().allMatch((other) -> other.kind().refusesRequest() || other.kind().isUnsent());
	}

	/**
	 * Whether the target was silent. It is asked again only if no other target is left. A
	 * 408 is an answer of the vendor, not silence.
	 */
	public boolean isSilence() {
		return kind() == ErrorKind.TIMEOUT && stage() != TimeoutStage.CONNECT && status() == null;
	}

	/**
	 * For how long a call does not ask the target again: the longest duration that exists
	 * for the rest of the call, or {@code null} for no such time.
	 */
	public @Nullable Duration leaveAloneFor() {
		return switch (kind().pause()) {
			case NONE -> isSilence() ? FOREVER : null;
			case AS_ASKED -> retryAfter();
			case REST_OF_CALL -> FOREVER;
		};
	}

	/**
	 * Whether the call is over: by its own limits, or because part of the answer was
	 * delivered.
	 */
	public boolean endsTheCall() {
		return kind().endsTheCall() || hasDelivered();
	}

	/**
	 * Whether the answer broke off after part of it had reached the caller, so that
	 * asking again would repeat words.
	 */
	public boolean hasDelivered() {
		return kind() == ErrorKind.INTERRUPTED && !isUndelivered();
	}

	/**
	 * Whether the vendor may have received the request. It has not if one of our modules
	 * refused it, if it was refused before it was sent, or if there was no connection.
	 */
	public boolean wasSent() {
		return switch (kind()) {
			case TIMEOUT -> stage() != TimeoutStage.CONNECT;
			case INVALID_REQUEST, UNSUPPORTED -> status() != null;
			case NETWORK -> hadConnection();
			default -> !kind().isUnsent();
		};
	}

	private boolean hadConnection() {
		Throwable cause = getCause();
		for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
			if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
				return false;
			}
			cause = cause.getCause();
		}
		return true;
	}

	/**
	 * The errors of the other targets that were asked and failed too.
	 */
	public List<LlmException> others() {
		return Arrays.stream(getSuppressed())
			.filter(LlmException.class::isInstance)
			.map(LlmException.class::cast)
			.toList();
	}

	/**
	 * This failure as the failure of a whole chain, with the other errors as suppressed
	 * ones. For modules that choose between targets.
	 * @param chain the chain as text, such as {@code anthropic -> openai}
	 */
	public LlmException exhausted(String chain, List<? extends Throwable> others) {
		LlmException told = again();
		if (told.chain == null) {
			told.chain = chain;
			others.stream().filter((other) -> other != this && other != told).forEach(told::addSuppressed);
		}
		return told;
	}

	/**
	 * This failure with another one suppressed in it, such as the reason why nothing more
	 * was tried.
	 */
	public LlmException withSuppressed(LlmException other) {
		LlmException told = again();
		if (other != this && other != told) {
			told.addSuppressed(other);
		}
		return told;
	}

	/**
	 * This failure with the attempts of the call. For the outermost module of the stack.
	 */
	public LlmException withTrail(Trail trail) {
		LlmException told = (trail() == Trail.EMPTY) ? this : again();
		told.trail = trail;
		return told;
	}

	/**
	 * What is serialized instead of this exception, because causes and subclasses may not
	 * be serializable.
	 */
	protected final Object writeReplace() {
		return new SerializedFailure(this, String.valueOf(super.getMessage()), this.chain);
	}

	/** For {@link SerializedFailure}. */
	LlmException restored(@Nullable String chain, StackTraceElement[] stackTrace, List<LlmException> others) {
		this.chain = chain;
		setStackTrace(stackTrace);
		others.forEach(this::addSuppressed);
		return this;
	}

	/**
	 * A provider may throw the same exception in all its calls, so data of one call must
	 * not be added to it. Subclasses stay as they are, because only their own class can
	 * make them.
	 */
	private LlmException again() {
		if (getClass() != LlmException.class) {
			return this;
		}
		return copy(String.valueOf(super.getMessage()));
	}

	private LlmException copy(String message) {
		LlmException copy = new LlmException(details(), message, getCause());
		copy.setStackTrace(getStackTrace());
		copy.chain = this.chain;
		Arrays.stream(getSuppressed()).forEach(copy::addSuppressed);
		return copy;
	}

	/**
	 * This failure with more said in its message, such as what is likely meant. A type of
	 * its own stays as it is.
	 */
	public LlmException withMessage(String more) {
		if (getClass() != LlmException.class) {
			return this;
		}
		LlmException copy = copy(super.getMessage() + more);
		copy.trail = this.trail;
		return copy;
	}

	/**
	 * This failure with its partial answer changed, and those of the failures that are
	 * suppressed in it; the same instance if nothing was delivered. For modules that
	 * change what is delivered.
	 */
	public LlmException withPartials(UnaryOperator<LlmResponse> change) {
		LlmResponse partial = partial();
		boolean own = partial != null || others().stream().anyMatch((other) -> other.partial() != null)
				|| (getCause() instanceof LlmException cause && cause.partial() != null);
		if (!own) {
			return this;
		}
		Throwable cause = (getCause() instanceof LlmException below) ? below.withPartials(change) : getCause();
		LlmException copy = of(kind(), String.valueOf(super.getMessage())).like(this)
			.partial((partial == null) ? null : change.apply(partial))
			.cause(cause)
			.build();
		copy.setStackTrace(getStackTrace());
		copy.chain = this.chain;
		copy.trail = this.trail;
		for (Throwable other : getSuppressed()) {
			copy.addSuppressed((other instanceof LlmException failure) ? failure.withPartials(change) : other);
		}
		return copy;
	}

	@Override
	public String getMessage() {
		String message = String.valueOf(super.getMessage());
		if (this.chain == null) {
			return message;
		}
		String failed = " (all failed: " + cut(this.chain, LONGEST_MESSAGE / 2) + ")";
		return cut(message, LONGEST_MESSAGE - failed.length()) + failed;
	}

	private static String cut(String text, int longest) {
		return (text.length() <= longest) ? text : text.substring(0, longest - 1) + "…";
	}

}
