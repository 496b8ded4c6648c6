package io.arcllm.autoconfigure;

import java.time.Duration;

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
 * Turns an LlmException into a problem, if the application does not handle it: advice and
 * handlers of the application take precedence.
 */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
final class LlmProblemAdvice {

	@ExceptionHandler(LlmException.class)
	ResponseEntity<ProblemDetail> problem(LlmException failure) {
		HttpStatusCode status = HttpStatusCode.valueOf(failure.kind().httpStatus());
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

}
