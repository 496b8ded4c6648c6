package io.arcllm.autoconfigure;

import java.time.Duration;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Makes a problem of an LlmException that the application does not handle itself: its own
 * advice and handlers go before this one.
 */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
final class LlmProblemAdvice {

	@ExceptionHandler(LlmException.class)
	ResponseEntity<ProblemDetail> problem(LlmException failure) {
		HttpStatusCode status = HttpStatusCode.valueOf(status(failure.kind()));
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, String.valueOf(failure.getMessage()));
		problem.setProperty("kind", failure.kind().name());
		ResponseEntity.BodyBuilder answer = ResponseEntity.status(status)
			.contentType(MediaType.APPLICATION_PROBLEM_JSON);
		Duration wait = failure.retryAfter();
		if (wait != null && !wait.isNegative()) {
			long seconds = wait.plusMillis(999).toSeconds();
			problem.setProperty("retry-after", seconds);
			answer.header("retry-after", String.valueOf(seconds));
		}
		return answer.body(problem);
	}

	private static int status(ErrorKind kind) {
		return switch (kind) {
			case RATE_LIMITED, THROTTLED, QUOTA_EXHAUSTED -> 429;
			case OVERLOADED, CIRCUIT_OPEN, BULKHEAD_FULL, AUDIT_UNAVAILABLE -> 503;
			case SERVER_ERROR, NETWORK, PROTOCOL, INTERRUPTED -> 502;
			case TIMEOUT, DEADLINE_EXCEEDED -> 504;
			case AUTHENTICATION -> 401;
			case PERMISSION -> 403;
			case MODEL_NOT_FOUND -> 404;
			case CONTEXT_WINDOW, CONTENT_POLICY, UNSUPPORTED, INVALID_REQUEST -> 400;
			case BUDGET_EXCEEDED -> 402;
			case CANCELLED -> 499;
		};
	}

}
