package io.arcllm.module.retry;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;

import org.springframework.retry.RetryContext;
import org.springframework.retry.policy.SimpleRetryPolicy;

/**
 * Decides whether the same is asked again: by the count, then by the error's status and
 * kind, and not where the vendor wants to be left alone for longer than we would wait.
 * Where a whole chain failed, one target worth asking again is enough.
 */
public class LlmRetryPolicy extends SimpleRetryPolicy {

	/**
	 * Statuses below 500 of faults that pass; asked again only where the kind allows it.
	 */
	private static final Set<Integer> PASSING = Set.of(408, 425, 429);

	private final RetrySettings settings;

	public LlmRetryPolicy(RetrySettings settings) {
		super(settings.maxRetries() + 1);
		this.settings = settings;
	}

	@Override
	public boolean canRetry(RetryContext context) {
		Throwable last = context.getLastThrowable();
		return super.canRetry(context)
				&& (last == null || last instanceof LlmException failure && worthAsking(failure).findAny().isPresent());
	}

	/**
	 * The targets' errors that are worth asking again.
	 */
	private Stream<LlmException> worthAsking(LlmException failure) {
		return Stream.concat(Stream.of(failure), failure.others().stream()).filter(this::isWorthAsking);
	}

	boolean isWorthAsking(LlmException failure) {
		Duration asked = this.settings.respectRetryAfter() ? failure.details().retryAfter() : null;
		return allows(failure) && (asked == null || asked.compareTo(this.settings.maxWait()) <= 0);
	}

	/**
	 * Whether the settings let the error be tried again, however long its target asked to
	 * be left alone.
	 */
	private boolean allows(LlmException failure) {
		if (Boolean.FALSE.equals(failure.details().retryable())) {
			return false;
		}
		if (failure.kind() == ErrorKind.INTERRUPTED) {
			return failure.isRetryable();
		}
		Integer status = failure.status();
		if (status == null) {
			return this.settings.on().contains(failure.kind());
		}
		return this.settings.retryableStatusCodes().contains(status) && allowsStatus(failure.kind(), status);
	}

	private static boolean allowsStatus(ErrorKind kind, int status) {
		return kind.isRetryable() || (kind.isRetryableByStatus() && status < 500 && !PASSING.contains(status));
	}

}
