package io.arcllm.sample;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.arcllm.test.Dial;
import io.arcllm.test.vendor.Fault;
import io.arcllm.test.FakeVendors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The whole sample, over real sockets: break the primary, and the call survives.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "simulator.pace.first-token=0s", "simulator.pace.tokens-per-second=0",
				"arcllm.modules.retry.backoff-base=10ms", "arcllm.modules.streams.recovery=fail",
				"arcllm.modules.timeout.attempt=1s", "arcllm.modules.timeout.first-token=1s",
				"arcllm.modules.timeout.idle=1s", "arcllm.modules.circuit-breaker.enabled=false" })
class SampleApplicationTests {

	@Autowired
	private FakeVendors simulator;

	@LocalServerPort
	private int port;

	private WebTestClient client;

	@BeforeEach
	void mend() {
		this.simulator.vendors().forEach((vendor) -> vendor.set(Dial.HEALTHY));
		this.client = WebTestClient.bindToServer()
			.baseUrl("http://localhost:" + this.port)
			.responseTimeout(Duration.ofSeconds(20))
			.build();
	}

	@Test
	void healthyPrimaryAnswersAtOnce() {
		Map<?, ?> answer = ask();
		assertThat(answer.get("provider")).isEqualTo("anthropic");
		assertThat((String) answer.get("text")).contains("Simulated", "Why is rain wet?");
		assertThat((List<?>) answer.get("trail")).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource(names = { "RATE_LIMIT", "SERVER_ERROR", "UNAVAILABLE", "OVERLOADED", "CONTEXT_LENGTH", "RESET", "DOWN",
			"SILENCE", "CUT", "STALL", "MALFORMED" })
	void brokenPrimaryFallsBackWithATrail(Fault fault) {
		this.simulator.vendor("anthropic").orElseThrow().set(Dial.of(fault));
		Map<?, ?> answer = ask();
		assertThat(answer.get("provider")).isEqualTo("openai");
		List<?> trail = (List<?>) answer.get("trail");
		assertThat(((Map<?, ?>) trail.get(0)).get("outcome")).isEqualTo("failed");
		assertThat(((Map<?, ?>) trail.get(0)).get("error")).isNotNull();
		assertThat(((Map<?, ?>) trail.get(trail.size() - 1)).get("outcome")).isEqualTo("completed");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void gatewaySaysWhoAnsweredAfterHowMany(boolean streamed) {
		this.simulator.vendor("anthropic").orElseThrow().set(Dial.of(Fault.OVERLOADED));
		this.simulator.vendor("openai").orElseThrow().set(Dial.of(Fault.RESET));
		EntityExchangeResult<String> result = chat("default", streamed).expectStatus()
			.isOk()
			.expectBody(String.class)
			.returnResult();
		assertThat(result.getResponseHeaders().getFirst("x-arcllm-provider")).isEqualTo("ollama");
		assertThat(result.getResponseHeaders().getFirst("x-arcllm-attempts")).isEqualTo("7");
		assertThat(result.getResponseBody()).contains("\"model\":\"llama3.2\"", "Simulated");
		assertThat(result.getResponseBody().endsWith("[DONE]\n\n")).isEqualTo(streamed);
	}

	@ParameterizedTest
	@ValueSource(strings = { "anthropic", "openai", "ollama", "openai/gpt-5-mini", "ollama/llama3.2" })
	void everyModelStreams(String model) {
		String body = chat(model, true).expectStatus().isOk().expectBody(String.class).returnResult().getResponseBody();
		assertThat(body).contains("Simulated").endsWith("data: [DONE]\n\n");
	}

	@Test
	void aModelThatIsNotConfiguredReachesNobody() {
		long calls = this.simulator.of("openai").asked();
		chat("openai/gpt-9", true).expectStatus()
			.isNotFound()
			.expectBody()
			.jsonPath("$.error.code")
			.isEqualTo("model_not_found");
		assertThat(this.simulator.of("openai").asked()).isEqualTo((int) calls);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void everyVendorDownIsAnErrorWithItsTrail(boolean streamed) {
		this.simulator.vendors().forEach((vendor) -> vendor.set(Dial.of(Fault.CONTEXT_LENGTH)));
		this.client.get()
			.uri("/ask?q=Hi")
			.exchange()
			.expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.kind")
			.isEqualTo("CONTEXT_WINDOW")
			.jsonPath("$.trail.length()")
			.isEqualTo(3);
		chat("default", streamed).expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.error.code")
			.isEqualTo("context_length_exceeded");
	}

	/** Anthropic has no JSON without a schema, and nobody answers nothing. */
	@ParameterizedTest
	@CsvSource({ "false, {\"type\":\"json_object\"}, Hi, 200, 1", "true, {\"type\":\"json_object\"}, Hi, 200, 1",
			"false, null, '', 400, 0", "true, null, '', 400, 0" })
	void whatWasNotSentIsNoAttempt(boolean streamed, String format, String question, int status, String attempts) {
		this.client.post()
			.uri("/v1/chat/completions")
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue("{\"stream\":" + streamed + ",\"response_format\":" + format
					+ ",\"messages\":[{\"role\":\"user\",\"content\":\"" + question + "\"}]}")
			.exchange()
			.expectStatus()
			.isEqualTo(status)
			.expectHeader()
			.valueEquals("x-arcllm-attempts", attempts)
			.expectBody();
	}

	@Test
	void streamCutHalfWayEndsWithoutDone() {
		this.simulator.vendor("anthropic").orElseThrow().set(Dial.of(Fault.CUT));
		String body = chat("default", true).expectStatus()
			.isOk()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody();
		assertThat(body).contains("Simulated", "\"error\"").doesNotContain("[DONE]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "anthropic", "openai", "ollama" })
	void toolsGoThroughEveryFormat(String model) {
		this.client.post()
			.uri("/v1/chat/completions")
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue("""
					{"model":"%s","messages":[{"role":"user","content":"What is the weather in Oslo?"}],"tools":[{
					"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{
					"city":{"type":"string"}}}}}]}""".formatted(model))
			.exchange()
			.expectBody()
			.jsonPath("$.choices[0].finish_reason")
			.isEqualTo("tool_calls")
			.jsonPath("$.choices[0].message.tool_calls[0].function.arguments")
			.isEqualTo("{\"city\":\"Oslo\"}");
	}

	@ParameterizedTest
	@CsvSource({ "GET, /v1/chat/completions, 405, method_not_allowed", "POST, /v1/embeddings, 404, not_found",
			"PUT, /v1/models, 405, method_not_allowed", "GET, /v1/nothing, 404, not_found",
			"GET, /v1/models/nothing, 404, model_not_found" })
	void whatTheGatewayDoesNotTakeIsRefusedInOpenAisWords(String method, String path, int status, String code) {
		this.client.method(HttpMethod.valueOf(method))
			.uri(path)
			.exchange()
			.expectStatus()
			.isEqualTo(status)
			.expectHeader()
			.contentType(MediaType.APPLICATION_JSON)
			.expectBody()
			.jsonPath("$.error.code")
			.isEqualTo(code)
			.jsonPath("$.error.type")
			.isEqualTo("invalid_request_error")
			.jsonPath("$.error.message")
			.isNotEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/ask", "/ask?q=", "/ask?q= " })
	void askWithoutAQuestionIsRefused(String uri) {
		this.client.get().uri(uri).exchange().expectStatus().isBadRequest().expectBody();
	}

	@Test
	void askIsBounded() {
		this.client.get().uri("/ask?q=" + "x".repeat(4000)).exchange().expectStatus().isOk().expectBody();
		this.client.get().uri("/ask?q=" + "x".repeat(4001)).exchange().expectStatus().isBadRequest().expectBody();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v1/models", "/actuator/health", "/actuator/prometheus", "/simulator" })
	void restAnswers(String uri) {
		this.client.get().uri(uri).exchange().expectStatus().isOk().expectBody();
	}

	private Map<?, ?> ask() {
		return this.client.get()
			.uri("/ask?q=Why is rain wet?")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(Map.class)
			.returnResult()
			.getResponseBody();
	}

	private WebTestClient.ResponseSpec chat(String model, boolean streamed) {
		return this.client.post()
			.uri("/v1/chat/completions")
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue("{\"model\":\"" + model + "\",\"stream\":" + streamed
					+ ",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}")
			.exchange();
	}

}
