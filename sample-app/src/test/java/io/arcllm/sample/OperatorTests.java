package io.arcllm.sample;

import java.time.Duration;

import io.arcllm.test.Dial;
import io.arcllm.test.FakeVendors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.env.Environment;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whoever was granted access steps in over HTTP, and calls go where they are let.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "management.endpoint.arcllm.access=unrestricted", "simulator.pace.first-token=0s",
				"simulator.pace.tokens-per-second=0" })
class OperatorTests {

	private static final String OPENAI_STATE = "$.gates.circuit-breaker['openai/gpt-5-mini'][0].state";

	@Autowired
	private Environment environment;

	@Autowired
	private FakeVendors simulator;

	private WebTestClient client;

	@BeforeEach
	void connect(@LocalServerPort int port) {
		this.simulator.vendors().forEach((vendor) -> vendor.set(Dial.HEALTHY));
		this.client = WebTestClient.bindToServer()
			.baseUrl("http://localhost:" + port)
			.responseTimeout(Duration.ofSeconds(20))
			.build();
	}

	@AfterEach
	void mend() {
		post("anthropic", "{\"action\":\"enable\"}");
		post("openai", "{\"action\":\"reset\"}");
	}

	@Test
	void aWriteThatChangesNothingIsRefused() {
		post("anthropic", "{\"action\":\"enable\"}").expectStatus().is4xxClientError();
	}

	@Test
	void disabledProviderIsPassedOverUntilItIsEnabled() {
		change("anthropic", "disable").jsonPath("$.enabled").isEqualTo(false);
		look().jsonPath("$.providers.anthropic.enabled").isEqualTo(false);
		answers("openai");
		change("anthropic", "enable").jsonPath("$.enabled").isEqualTo(true);
		look().jsonPath("$.providers.anthropic.enabled").isEqualTo(true);
		answers("anthropic");
	}

	@ParameterizedTest
	@CsvSource({ "close", "reset" })
	void breakerThatWasOpenedByHandStaysSoUntilToldOtherwise(String again) {
		change("anthropic", "disable");
		change("openai", "open").jsonPath("$.breakers").isEqualTo(1);
		look().jsonPath(OPENAI_STATE).isEqualTo("FORCED_OPEN");
		answers("ollama");
		change("openai", again).jsonPath("$.breakers").isEqualTo(1);
		look().jsonPath(OPENAI_STATE)
			.isEqualTo("CLOSED")
			.jsonPath("$.decisions[?(@.type == 'MANUAL')].detail")
			.value((detail) -> assertThat(detail).asString()
				.startsWith("[\"" + again + " by hand\",\"open by hand\",\"disable by hand\""));
		answers("openai");
	}

	@Test
	void oneModelAloneIsMeantWhereItIsNamed() {
		post("openai", "{\"action\":\"open\",\"model\":\"another\"}").expectStatus().is4xxClientError();
		post("openai", "{\"action\":\"open\",\"model\":\"gpt-5-mini\"}").expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.breakers")
			.isEqualTo(1);
	}

	@Test
	void whatCannotBeDoneIsRefused() {
		post("nobody", "{\"action\":\"disable\"}").expectStatus().is4xxClientError();
		post("openai", "{\"action\":\"explode\"}").expectStatus().isBadRequest();
		post("openai", "{}").expectStatus().isBadRequest();
	}

	private void answers(String provider) {
		this.client.get()
			.uri("/ask?q=hi")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.provider")
			.isEqualTo(provider);
	}

	/** The host of a vendor has a breaker of its own, which is named in the body. */
	@Test
	void breakerOfAHostIsOpenedAndResetOverHttp() {
		String host = this.environment.getProperty("arcllm.providers.openai.base-url")
			.replaceFirst("(://[^/]+).*", "$1");
		for (String action : new String[] { "open", "reset" }) {
			this.client.post()
				.uri("/actuator/arcllm")
				.contentType(MediaType.APPLICATION_JSON)
				.bodyValue("{\"action\":\"" + action + "\",\"endpoint\":\"" + host + "\"}")
				.exchange()
				.expectStatus()
				.isOk()
				.expectBody()
				.jsonPath("$.breakers")
				.isEqualTo(1);
			look().jsonPath("$.gates.circuit-breaker['" + host + "'][0].state")
				.isEqualTo(action.equals("open") ? "FORCED_OPEN" : "CLOSED");
		}
		this.client.post()
			.uri("/actuator/arcllm")
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue("{\"action\":\"open\",\"endpoint\":\"http://elsewhere:1\"}")
			.exchange()
			.expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.error")
			.value(String.class, (reason) -> assertThat(reason).contains(host));
	}

	private WebTestClient.BodyContentSpec look() {
		return this.client.get().uri("/actuator/arcllm").exchange().expectStatus().isOk().expectBody();
	}

	private WebTestClient.BodyContentSpec change(String provider, String action) {
		return post(provider, "{\"action\":\"" + action + "\"}").expectStatus().isOk().expectBody();
	}

	private WebTestClient.ResponseSpec post(String provider, String body) {
		return this.client.post()
			.uri("/actuator/arcllm/" + provider)
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue(body)
			.exchange();
	}

}
