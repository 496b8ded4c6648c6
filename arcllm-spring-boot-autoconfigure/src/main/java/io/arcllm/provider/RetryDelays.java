package io.arcllm.provider;

import java.time.Clock;
import java.time.Duration;

import io.arcllm.ErrorKind;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Finds out when an error may be tried again, from everything its answer says.
 */
final class RetryDelays {

	private final Clock clock;

	RetryDelays(Clock clock) {
		this.clock = clock;
	}

	@Nullable Duration read(HttpHeaders headers, ErrorBody body, ErrorKind kind) {
		String seconds = headers.getFirst("retry-after");
		return (seconds != null && seconds.matches("\\d{1,5}")) ? Duration.ofSeconds(Long.parseLong(seconds)) : null;
	}

}
