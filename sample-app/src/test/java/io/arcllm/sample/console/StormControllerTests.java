package io.arcllm.sample.console;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;

import io.arcllm.test.FakeVendors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.env.Environment;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One storm blows at a time, and on simulated vendors alone.
 */
class StormControllerTests {

	private static WebTestClient.ResponseSpec storm(int port, int seconds) {
		return WebTestClient.bindToServer()
			.baseUrl("http://localhost:" + port)
			.responseTimeout(Duration.ofSeconds(20))
			.build()
			.post()
			.uri("/console/storm")
			.bodyValue(Map.of("perSecond", 1, "seconds", seconds))
			.exchange();
	}

	/**
	 * All vendors are simulated.
	 */
	@Nested
	@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
			properties = { "simulator.pace.first-token=0s", "simulator.pace.tokens-per-second=0" })
	class SimulatedTests {

		@LocalServerPort
		private int port;

		@Test
		void secondStormIsRefusedWhileOneBlows() {
			StepVerifier.create(storm(this.port, 60).returnResult(String.class).getResponseBody())
				.expectNextCount(1)
				.then(() -> storm(this.port, 1).expectStatus().isEqualTo(409))
				.thenCancel()
				.verify(Duration.ofSeconds(20));
		}

	}

	/**
	 * One vendor has an address of its own.
	 */
	@Nested
	@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = {
			"arcllm.providers.openai.base-url=http://127.0.0.1:1/v1", "arcllm.providers.openai.api-key=k" })
	class OwnAddressTests {

		private static int free;

		@Autowired
		private FakeVendors simulator;

		@Autowired
		private Environment environment;

		@LocalServerPort
		private int port;

		@DynamicPropertySource
		static void ports(DynamicPropertyRegistry properties) throws IOException {
			try (ServerSocket socket = new ServerSocket(0)) {
				free = socket.getLocalPort();
			}
			properties.add("simulator.ports.ollama", () -> free);
		}

		@Test
		void ownAddressHoldsAndTheOthersAreSimulated() {
			assertThat(base("openai")).isEqualTo("http://127.0.0.1:1/v1");
			assertThat(base("anthropic")).isEqualTo(this.simulator.vendor("anthropic").orElseThrow().url());
			assertThat(base("ollama")).isEqualTo("http://127.0.0.1:" + free);
		}

		@Test
		void stormIsRefused() {
			storm(this.port, 1).expectStatus().isEqualTo(409);
			assertThat(this.simulator.vendors()).allSatisfy((vendor) -> assertThat(vendor.state().calls()).isZero());
		}

		private String base(String provider) {
			return this.environment.getProperty("arcllm.providers." + provider + ".base-url", "");
		}

	}

}
