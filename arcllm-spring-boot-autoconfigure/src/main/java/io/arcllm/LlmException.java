package io.arcllm;

import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A call failed, with everything that is known about it. Policies decide by
 * {@link #kind()}. The message is short and free of secrets; the vendor's own words are
 * on {@link #body()} only.
 */
public class LlmException extends RuntimeException {

	private static final int LONGEST_MESSAGE = 500;

	private final ErrorKind kind;

	/** Stays behind when the exception is serialised, since it may hold an answer. */
	private final transient @Nullable ErrorDetails details;

	private volatile @Nullable String chain;

	private transient volatile @Nullable Trail trail = Trail.EMPTY;

	/**
	 * @param details what is known
	 * @param message what happened, in one sentence; cut at 500 characters
	 * @param cause the failure below, if there is one
	 */
	public LlmException(ErrorDetails details, String message, @Nullable Throwable cause) {
		super(cut(message, LONGEST_MESSAGE), cause);
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
	 * All that is known about the failure itself.
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
	 * How long to wait before trying again, where somebody says so. Never cut short.
	 * Where a whole chain failed, until the soonest of its targets that name a wait is
	 * ready; the failed target's own wait is in {@link #details()}.
	 */
	public @Nullable Duration retryAfter() {
		Duration own = details().retryAfter();
		boolean alone = this.chain == null || (own == null && isRetryable());
		return alone ? own
				: Stream
					.concat(Stream.ofNullable(own),
							others().stream().map((other) -> other.details().retryAfter()).flatMap(Stream::ofNullable))
					.min(Comparator.naturalOrder())
					.orElse(null);
	}

	/**
	 * When the silence was, for {@link ErrorKind#TIMEOUT}.
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
	 * The vendor's answer as it came. It may repeat what was sent: don't log it.
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
	 * Whether the same target may be asked again: what the vendor says, else what the
	 * kind says. An interruption may as long as nothing was delivered.
	 */
	public boolean isRetryable() {
		if (kind() == ErrorKind.INTERRUPTED) {
			return partial() == null;
		}
		return !Boolean.FALSE.equals(details().retryable()) && kind().isRetryable();
	}

	/**
	 * Whether the next target of a chain may be asked. An interruption may as long as
	 * nothing was delivered.
	 */
	public boolean failsOver() {
		return (kind() == ErrorKind.INTERRUPTED) ? partial() == null : kind().failsOver();
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
	 * This failure as that of a whole chain, whose other errors become suppressed ones.
	 * For modules that choose between targets.
	 * @param chain the chain as it is written, such as {@code anthropic -> openai}
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
	 * This failure with another one beside it, such as the reason why nothing more was
	 * tried.
	 */
	public LlmException withSuppressed(LlmException other) {
		LlmException told = again();
		told.addSuppressed(other);
		return told;
	}

	/**
	 * This failure with the attempts of the call. For the head of the stack.
	 */
	public LlmException withTrail(Trail trail) {
		LlmException told = (trail() == Trail.EMPTY) ? this : again();
		told.trail = trail;
		return told;
	}

	/**
	 * What is written in the place of this exception: causes and subclasses may hold what
	 * cannot be serialized.
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
	 * A provider may throw one exception in all its calls, and none may carry what is of
	 * another. A type of its own stays as it is, since nobody else can make it.
	 */
	private LlmException again() {
		if (getClass() != LlmException.class) {
			return this;
		}
		LlmException copy = new LlmException(details(), String.valueOf(super.getMessage()), getCause());
		copy.setStackTrace(getStackTrace());
		copy.chain = this.chain;
		Arrays.stream(getSuppressed()).forEach(copy::addSuppressed);
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
