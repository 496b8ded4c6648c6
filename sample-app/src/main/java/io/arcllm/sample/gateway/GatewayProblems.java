package io.arcllm.sample.gateway;

import java.util.Locale;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.reactive.result.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.server.ServerWebExchange;

/**
 * Writes errors of requests that no controller handles, such as an unknown path: in
 * OpenAI's format for the gateway, elsewhere as a problem.
 */
@ControllerAdvice
class GatewayProblems extends ResponseEntityExceptionHandler {

	@Override
	protected Mono<ResponseEntity<Object>> createResponseEntity(@Nullable Object body, @Nullable HttpHeaders headers,
			HttpStatusCode status, ServerWebExchange exchange) {
		if (!exchange.getRequest().getPath().pathWithinApplication().value().startsWith("/v1/")) {
			return super.createResponseEntity(body, headers, status, exchange);
		}
		HttpStatus known = HttpStatus.resolve(status.value());
		String reason = (known == null) ? String.valueOf(status.value()) : known.getReasonPhrase();
		String detail = (body instanceof ProblemDetail problem) ? problem.getDetail() : null;
		GatewayError error = GatewayErrors.of(new InvalidChatException(status.value(),
				(detail == null) ? reason : detail, reason.toLowerCase(Locale.ROOT).replace(' ', '_'), null));
		HttpHeaders all = new HttpHeaders();
		if (headers != null) {
			all.putAll(headers);
		}
		all.setContentType(MediaType.APPLICATION_JSON);
		return Mono.just(new ResponseEntity<>(error.body(), all, status));
	}

}
