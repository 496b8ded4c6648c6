package io.arcllm.sample;

import java.time.Duration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/**
 * What somebody sees first who starts the sample and asks.
 */
class AsShippedTests {

	@ParameterizedTest
	@ValueSource(strings = { "anthropic", "anthropic/claude-haiku-4-5" })
	void vendorsAreHealthyAndOneSwitchShowsAFailover(String provider) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(SampleApplication.class)
			.web(WebApplicationType.REACTIVE)
			.run("--server.port=0", "--arcllm.provider=" + provider)) {
			int port = ((WebServerApplicationContext) context).getWebServer().getPort();
			WebTestClient client = WebTestClient.bindToServer()
				.baseUrl("http://localhost:" + port)
				.responseTimeout(Duration.ofSeconds(30))
				.build();
			ask(client).jsonPath("$.provider").isEqualTo("anthropic").jsonPath("$.trail.length()").isEqualTo(1);
			client.put()
				.uri("/simulator/anthropic")
				.contentType(MediaType.APPLICATION_JSON)
				.bodyValue("{\"fault\":\"overloaded\"}")
				.exchange()
				.expectStatus()
				.isOk();
			ask(client).jsonPath("$.provider").isEqualTo("openai").jsonPath("$.trail[0].outcome").isEqualTo("failed");
		}
	}

	private static WebTestClient.BodyContentSpec ask(WebTestClient client) {
		return client.get().uri("/ask?q=Why is the sky blue?").exchange().expectStatus().isOk().expectBody();
	}

}
