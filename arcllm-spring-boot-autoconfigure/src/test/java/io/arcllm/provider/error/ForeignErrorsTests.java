package io.arcllm.provider.error;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

import com.openai.models.ErrorObject;
import dev.langchain4j.exception.HttpException;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.ai.retry.NonTransientAiException;
import org.springframework.ai.retry.TransientAiException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

import static org.assertj.core.api.Assertions.assertThat;

/** Each with the real library. */
class ForeignErrorsTests {

	private static final String WORDS = "canary slow down";

	private static final String BODY = "{\"error\":{\"message\":\"" + WORDS + "\",\"type\":\"rate_limit_error\"}}";

	private static final ForeignErrors ERRORS = new ForeignErrors(
			new ErrorReader(new DefaultErrorClassifier(), RecordedErrors.CLOCK));

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void answerInAnExceptionIsReadLikeAnyOther(String client, RuntimeException failure) {
		for (Throwable thrown : new Throwable[] { failure, new CompletionException(failure),
				new IllegalStateException("The client failed", failure) }) {
			LlmException error = read(thrown);
			assertThat(error.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
			assertThat(error.status()).isEqualTo(429);
			assertThat(error.retryAfter()).hasSeconds(2);
			assertThat(error.requestId()).isEqualTo("req_1");
			assertThat(error).hasMessage("vendor/model-1 answered 429: " + WORDS);
			assertThat(error.body()).contains(WORDS);
			assertThat(NestedExceptionUtils.getMostSpecificCause(error).toString()).doesNotContain("canary");
		}
	}

	static Stream<Arguments> answerInAnExceptionIsReadLikeAnyOther() {
		HttpHeaders headers = new HttpHeaders();
		headers.set("retry-after", "2");
		headers.set("x-request-id", "req_1");
		byte[] body = BODY.getBytes(StandardCharsets.UTF_8);
		return Stream.of(
				Arguments.of("RestClient",
						new RestClientResponseException("429", 429, "Too Many Requests", headers, body, null)),
				Arguments.of("WebClient",
						WebClientResponseException.create(429, "Too Many Requests", headers, body, null)),
				Arguments.of("OpenAI",
						com.openai.errors.RateLimitException.builder()
							.headers(com.openai.core.http.Headers.builder()
								.put("retry-after", "2")
								.put("x-request-id", "req_1")
								.build())
							.error(ErrorObject.builder()
								.message(WORDS)
								.type("rate_limit_error")
								.code("rate_limit_exceeded")
								.param((String) null)
								.build())
							.build()),
				Arguments.of("Anthropic", com.anthropic.errors.RateLimitException.builder()
					.headers(com.anthropic.core.http.Headers.builder()
						.put("retry-after", "2")
						.put("x-request-id", "req_1")
						.build())
					.body(com.anthropic.core.JsonValue
						.from(Map.of("type", "error", "error", Map.of("type", "rate_limit_error", "message", WORDS))))
					.build()));
	}

	@ParameterizedTest
	@CsvSource({ "400,INVALID_REQUEST", "401,AUTHENTICATION", "404,MODEL_NOT_FOUND", "429,RATE_LIMITED",
			"500,SERVER_ERROR", "503,OVERLOADED" })
	void statusOfLangChain4jIsRead(int status, ErrorKind kind) {
		RuntimeException failure = new RuntimeException(new HttpException(status,
				"{\"error\":{\"message\":\"no\",\"code\":\"" + ((status == 404) ? "model_not_found" : "c") + "\"}}"));
		assertThat(read(failure).kind()).isEqualTo(kind);
		assertThat(read(failure)).hasMessage("vendor/model-1 answered " + status + ": no");
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP 429 - ", "429 - " })
	void wordsOfSpringAiNameTheStatus(String status) {
		for (RuntimeException failure : List.of(new NonTransientAiException(status + BODY),
				new TransientAiException(status + BODY), new OwnTransientException(status + BODY))) {
			for (Throwable thrown : List.of(failure, new CompletionException(failure),
					new IllegalStateException("The client failed", failure))) {
				assertThat(read(thrown).kind()).isEqualTo(ErrorKind.RATE_LIMITED);
				assertThat(read(thrown)).hasMessage("vendor/model-1 answered 429: " + WORDS);
			}
		}
	}

	@Test
	void wordsOfOtherExceptionsNameAStatusOnlyWhereTheySaySo() {
		assertThat(read(new RuntimeException("HTTP 503 - busy")).kind()).isEqualTo(ErrorKind.OVERLOADED);
		assertThat(ERRORS.read(new RuntimeException("404 - not in the cache"), RecordedErrors.TARGET)).isNull();
		assertThat(ERRORS.read(new IllegalArgumentException("HTTP 400 - x"), RecordedErrors.TARGET)).isNull();
	}

	private static final class OwnTransientException extends TransientAiException {

		OwnTransientException(String message) {
			super(message);
		}

	}

	@Test
	void typeOfLangChain4jTellsWhereNoStatusDoes() {
		assertThat(read(new dev.langchain4j.exception.RateLimitException("slow")).kind())
			.isEqualTo(ErrorKind.RATE_LIMITED);
		assertThat(read(new dev.langchain4j.exception.AuthenticationException("no")).kind())
			.isEqualTo(ErrorKind.AUTHENTICATION);
		assertThat(read(new dev.langchain4j.exception.UnsupportedFeatureException("no pictures")).kind())
			.isEqualTo(ErrorKind.UNSUPPORTED);
	}

	@Test
	void errorOfOursIsItself() {
		LlmException known = LlmException.of(ErrorKind.OVERLOADED, "busy").build();
		assertThat(ERRORS.read(known, RecordedErrors.TARGET)).isSameAs(known);
		assertThat(ERRORS.read(new RuntimeException(known), RecordedErrors.TARGET)).isSameAs(known);
	}

	@Test
	void whatTellsOfNoAnswerIsNotRead() {
		Throwable first = new IllegalStateException("first");
		first.initCause(new IllegalStateException("second", first));
		assertThat(ERRORS.read(first, RecordedErrors.TARGET)).isNull();
		assertThat(ERRORS.read(new IOException("reset"), RecordedErrors.TARGET)).isNull();
		assertThat(ERRORS.read(new Odd(), RecordedErrors.TARGET)).isNull();
	}

	/** Spring's client tells of it with the status of the answer that did not come. */
	@Test
	void answerThatBrokeOffIsReadByItsCause() {
		WebClientResponseException cut = WebClientResponseException.create(200, "OK", HttpHeaders.EMPTY, new byte[0],
				null);
		cut.initCause(new IOException("Connection prematurely closed DURING response"));
		assertThat(ERRORS.read(cut, RecordedErrors.TARGET)).isNull();
		assertThat(ERRORS.read(new CompletionException(cut), RecordedErrors.TARGET)).isNull();
	}

	@Test
	void aClientThatStumblesOverAnAnswerIsNoFaultOfTheProgram() {
		assertThat(read(thrownIn("java.util.Objects", "com.openai.core.http.TrackedHandler")).kind())
			.isEqualTo(ErrorKind.PROTOCOL);
		assertThat(read(new CompletionException(thrownIn("dev.langchain4j.model.openai.OpenAiChatModel"))).kind())
			.isEqualTo(ErrorKind.PROTOCOL);
		assertThat(
				ERRORS.read(thrownIn("com.example.House", "dev.langchain4j.service.AiServices"), RecordedErrors.TARGET))
			.isNull();
	}

	private static RuntimeException thrownIn(String... classes) {
		NullPointerException failure = new NullPointerException("canary");
		failure.setStackTrace(Arrays.stream(classes)
			.map((name) -> new StackTraceElement(name, "call", null, 1))
			.toArray(StackTraceElement[]::new));
		return failure;
	}

	private static LlmException read(Throwable failure) {
		return Objects.requireNonNull(ERRORS.read(failure, RecordedErrors.TARGET));
	}

	/** Has the accessors, and fails in them. */
	public static final class Odd extends RuntimeException {

		public int statusCode() {
			throw new IllegalStateException("none");
		}

	}

}
