package io.arcllm.provider.error;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/**
 * A vendor's answer, read from an exception of another client.
 *
 * @param status the HTTP status
 * @param headers the headers; empty if the exception has none
 * @param body the vendor's body if the exception has it, else the client's message
 */
record ForeignAnswer(int status, HttpHeaders headers, byte[] body) {

	/** The form of Spring AI's messages: {@code HTTP 429 - {"error": …}}. */
	private static final Pattern IN_WORDS = Pattern.compile("(?:HTTP )?([345]\\d\\d) - ");

	private static final String SPRING_AI = "org.springframework.ai.";

	static @Nullable ForeignAnswer of(Throwable failure) {
		if (failure instanceof RestClientResponseException spring) {
			return new ForeignAnswer(spring.getStatusCode().value(),
					Objects.requireNonNullElse(spring.getResponseHeaders(), HttpHeaders.EMPTY),
					spring.getResponseBodyAsByteArray());
		}
		if (failure instanceof WebClientResponseException spring) {
			// the head of an answer came, and its body did not: the cause says why
			return isCut(spring) ? null : new ForeignAnswer(spring.getStatusCode().value(), spring.getHeaders(),
					spring.getResponseBodyAsByteArray());
		}
		return saysSo(failure) ? inWords(failure) : new SdkError(failure).answer();
	}

	private static boolean isCut(WebClientResponseException failure) {
		return failure.getStatusCode().is2xxSuccessful() && failure.getCause() != null;
	}

	/** Applications may repeat Spring AI's message in their own exceptions. */
	private static boolean saysSo(Throwable failure) {
		boolean repeated = failure.getClass() == RuntimeException.class
				&& String.valueOf(failure.getMessage()).startsWith("HTTP ");
		return repeated || isOfSpringAi(failure);
	}

	/** Includes the application's subclasses of Spring AI's classes. */
	private static boolean isOfSpringAi(Throwable failure) {
		for (Class<?> type = failure.getClass(); type != null; type = type.getSuperclass()) {
			if (type.getName().startsWith(SPRING_AI)) {
				return true;
			}
		}
		return false;
	}

	private static @Nullable ForeignAnswer inWords(Throwable failure) {
		String words = Objects.requireNonNullElse(failure.getMessage(), "");
		Matcher status = IN_WORDS.matcher(words);
		return status.lookingAt() ? new ForeignAnswer(Integer.parseInt(status.group(1)), HttpHeaders.EMPTY,
				words.substring(status.end()).getBytes(StandardCharsets.UTF_8)) : null;
	}

}
