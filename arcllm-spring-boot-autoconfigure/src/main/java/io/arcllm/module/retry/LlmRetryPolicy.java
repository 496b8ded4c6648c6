package io.arcllm.module.retry;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;

import org.springframework.retry.RetryContext;
import org.springframework.retry.policy.SimpleRetryPolicy;

/**
 * Decides whether a request is retried: by the number of retries, then by the error's
 * status and kind. It is not retried if the vendor names a longer wait than the settings
 * allow. If a whole chain failed, one target that may be asked again is enough.
 */
public class LlmRetryPolicy extends SimpleRetryPolicy {

	/**
	 * Statuses below 500 of temporary failures; retried only if the kind allows it.
	 */
	private static final Set<Integer> PASSING = Set.of(408, 425, 429);

	private final RetrySettings settings;

	public LlmRetryPolicy(RetrySettings settings) {
		super((int) Math.min(Integer.MAX_VALUE, settings.maxRetries() + 1L));
		this.settings = settings;
	}

	@Override
	public boolean canRetry(RetryContext context) {
		Throwable last = context.getLastThrowable();
		return super.canRetry(context)
				&& (last == null || last instanceof LlmException failure && worthAsking(failure).findAny().isPresent());
	}

	/**
	 * The errors of targets that may be asked again.
	 */
	private Stream<LlmException> worthAsking(LlmException failure) {
		return Stream.concat(Stream.of(failure), failure.others().stream()).filter(this::isWorthAsking);
	}

	boolean isWorthAsking(LlmException failure) {
		Duration asked = this.settings.respectRetryAfter() ? failure.details().retryAfter() : null;
		return allows(failure) && (asked == null || asked.compareTo(this.settings.maxWait()) <= 0);
	}

	/**
	 * Whether the settings allow a retry after the error, whatever wait its target named.
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
