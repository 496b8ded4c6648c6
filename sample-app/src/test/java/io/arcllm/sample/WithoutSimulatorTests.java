package io.arcllm.sample;

import java.time.Duration;

import io.arcllm.LlmProviders;
import io.arcllm.test.FakeVendors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Without the simulator nothing of it is there, and the rest is as it was.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = { "simulator.enabled=false",
		"arcllm.providers.anthropic.api-key=k", "arcllm.providers.openai.api-key=k" })
class WithoutSimulatorTests {

	@Test
	void noDialsAndNoVendors(@Autowired ApplicationContext context, @LocalServerPort int port) {
		assertThat(context.getBeanProvider(FakeVendors.class).getIfAvailable()).isNull();
		assertThat(context.getEnvironment().containsProperty("arcllm.providers.anthropic.base-url")).isFalse();
		assertThat(context.getBean(LlmProviders.class).names()).containsExactly("anthropic", "openai", "ollama");
		WebTestClient client = client(port);
		client.get().uri("/simulator").exchange().expectStatus().isNotFound();
		client.get().uri("/v1/models").exchange().expectStatus().isOk();
	}

	@ParameterizedTest
	@ValueSource(strings = { "disable", "enable", "open", "close", "reset" })
	void nobodyStepsInWithoutGrantedAccess(String action, @LocalServerPort int port) {
		WebTestClient client = client(port);
		client.get().uri("/actuator/arcllm").exchange().expectStatus().isOk();
		client.post()
			.uri("/actuator/arcllm/anthropic")
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue("{\"action\":\"" + action + "\"}")
			.exchange()
			.expectStatus()
			.isNotFound();
		client.get()
			.uri("/actuator/arcllm")
			.exchange()
			.expectBody()
			.jsonPath("$.providers.anthropic.enabled")
			.isEqualTo(true);
	}

	private static WebTestClient client(int port) {
		return WebTestClient.bindToServer()
			.baseUrl("http://localhost:" + port)
			.responseTimeout(Duration.ofSeconds(20))
			.build();
	}

}
