package io.arcllm;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How one call is retried, where that differs from the configuration under
 * {@code arcllm.modules.retry}.
 */
public final class RetryOptions {

	private final Map<String, Object> settings;

	RetryOptions(Map<String, Object> settings) {
		this.settings = settings;
	}

	/** Attempts after the first one. */
	public RetryOptions maxRetries(int maxRetries) {
		return set("max-retries", maxRetries);
	}

	/** The first wait. */
	public RetryOptions backoffBase(Duration base) {
		return set("backoff-base", base);
	}

	/**
	 * The longest wait. A target that names a longer one is not asked again; up to 10 %
	 * are added to the time that it names.
	 */
	public RetryOptions maxWait(Duration maxWait) {
		return set("max-wait", maxWait);
	}

	/** Whether a random part is added to waits. */
	public RetryOptions jitter(boolean jitter) {
		return set("jitter", jitter);
	}

	/** The HTTP statuses that are retried. */
	public RetryOptions retryableStatusCodes(int... codes) {
		return set("retryable-status-codes",
				Arrays.stream(codes).mapToObj(String::valueOf).collect(Collectors.joining(",")));
	}

	/** Any setting, by its key in {@code application.yml}. */
	public RetryOptions set(String key, Object value) {
		this.settings.put(key, value);
		return this;
	}

}
