package io.arcllm.autoconfigure;

import java.time.Duration;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a browser or another service is told of a failure that the application does not
 * handle.
 */
class ProblemAutoConfigurationTests {

	@Test
	void failureIsAProblemWithItsStatusKindAndWait() {
		WebTestClient.bindToController(new Asking())
			.controllerAdvice(new LlmProblemAdvice())
			.build()
			.get()
			.uri("/ask")
			.exchange()
			.expectStatus()
			.isEqualTo(429)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectHeader()
			.valueEquals("retry-after", "3")
			.expectBody()
			.jsonPath("$.kind")
			.isEqualTo("RATE_LIMITED")
			.jsonPath("$.status")
			.isEqualTo(429)
			.jsonPath("$.detail")
			.isEqualTo("slow down");
	}

	@Test
	void handlerOfTheApplicationGoesBeforeOurs() {
		WebTestClient.bindToController(new Asking())
			.controllerAdvice(new Own(), new LlmProblemAdvice())
			.build()
			.get()
			.uri("/ask")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.isEqualTo("mine");
	}

	@ParameterizedTest
	@EnumSource(ErrorKind.class)
	void everyKindHasAStatus(ErrorKind kind) {
		assertThat(new LlmProblemAdvice().problem(LlmException.of(kind, "m").build()).getStatusCode().isError())
			.isTrue();
	}

	@Test
	void isThereInWebApplicationsAlone() {
		AutoConfigurations ours = AutoConfigurations.of(ArcllmProblemAutoConfiguration.class);
		new ReactiveWebApplicationContextRunner().withConfiguration(ours)
			.run((context) -> assertThat(context).hasSingleBean(LlmProblemAdvice.class));
		new ApplicationContextRunner().withConfiguration(ours)
			.run((context) -> assertThat(context).doesNotHaveBean(LlmProblemAdvice.class));
	}

	@RestController
	static class Asking {

		@GetMapping("/ask")
		String ask() {
			throw LlmException.of(ErrorKind.RATE_LIMITED, "slow down").retryAfter(Duration.ofMillis(2100)).build();
		}

	}

	@RestControllerAdvice
	static class Own {

		@ExceptionHandler(LlmException.class)
		String handle() {
			return "mine";
		}

	}

}
