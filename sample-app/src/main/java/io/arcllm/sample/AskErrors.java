package io.arcllm.sample;

import java.time.Duration;

import io.arcllm.LlmException;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Shows a failed call as a problem with its kind and its trail.
 */
@RestControllerAdvice
class AskErrors {

	@ExceptionHandler
	ResponseEntity<ProblemDetail> failed(LlmException failure) {
		HttpStatusCode status = HttpStatusCode.valueOf(failure.kind().httpStatus());
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, failure.getMessage());
		problem.setTitle("No answer could be had");
		problem.setProperty("kind", failure.kind());
		problem.setProperty("trail", AskAnswer.steps(failure.trail()));
		HttpHeaders headers = new HttpHeaders();
		Duration retryAfter = failure.retryAfter();
		if (retryAfter != null) {
			headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(retryAfter.plusMillis(999).toSeconds()));
			problem.setProperty("retryAfterMs", retryAfter.toMillis());
		}
		return ResponseEntity.status(status).headers(headers).body(problem);
	}

}
