package io.arcllm.sample;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where no vendor can be reached, callers are told so, and not where the vendors are.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "simulator.enabled=false", "arcllm.modules.retry.enabled=false",
				"arcllm.modules.circuit-breaker.enabled=false", "arcllm.providers.anthropic.api-key=a-key-for-nothing",
				"arcllm.providers.openai.api-key=a-key-for-nothing",
				"arcllm.providers.anthropic.base-url=http://127.0.0.1:1",
				"arcllm.providers.openai.base-url=http://localhost:1/v1",
				"arcllm.providers.ollama.base-url=http://127.0.0.1:1" })
class UnreachableVendorTests {

	private static final String CHAT = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

	@LocalServerPort
	private int port;

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "/ask?q=Hi |", "/v1/chat/completions | {" + CHAT,
			"/v1/chat/completions | {\"stream\":true," + CHAT, "/console/ask | {\"text\":\"Hi\"}" })
	void noAnswerNamesAnInnerAddress(String path, String body) throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path));
		if (body != null) {
			request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
		}
		String answer = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
		assertThat(answer).containsIgnoringCase("network").doesNotContain("127.0.0.1", "localhost");
	}

}
