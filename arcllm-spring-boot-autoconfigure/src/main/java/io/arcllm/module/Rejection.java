package io.arcllm.module;

import java.time.Duration;

import io.arcllm.ErrorKind;
import org.jspecify.annotations.Nullable;

/**
 * Why a target would not be asked now.
 *
 * @param kind the error it would refuse with
 * @param reason the reason in a few words, for the trail
 * @param retryAfter when it will admit calls again, where known
 */
public record Rejection(ErrorKind kind, String reason, @Nullable Duration retryAfter) {

	/**
	 * Whether it would admit calls after that wait.
	 */
	public boolean isOverIn(Duration wait) {
		return this.retryAfter != null && this.retryAfter.compareTo(wait) <= 0;
	}

}
