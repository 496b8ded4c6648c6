package io.arcllm.sample;

import java.time.Duration;

import io.arcllm.module.Shutdown;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The sample over HTTP/2: a client may give up one request of a connection and go on with
 * the others.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = { "server.http2.enabled=true",
		"simulator.pace.first-token=10ms", "simulator.pace.tokens-per-second=20", "simulator.fail-every=0" })
class Http2ClientsTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final String WORDS = "Tell me everything. ".repeat(50);

	@Autowired
	private Shutdown calls;

	@LocalServerPort
	private int port;

	@ParameterizedTest
	@CsvSource({ "/console/ask", "/v1/chat/completions" })
	void callsOfRequestsThatAreGivenUpEnd(String path) {
		String body = path.startsWith("/console") ? "{\"text\":\"" + WORDS + "\"}"
				: "{\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"" + WORDS + "\"}]}";
		for (int i = 0; i < 5; i++) {
			Disposable request = client().headers((headers) -> headers.set("content-type", "application/json"))
				.post()
				.uri(path)
				.send((sent, out) -> out.sendString(Mono.just(body)))
				.responseContent()
				.subscribe();
			await().atMost(LIMIT).until(() -> this.calls.calls() > 0);
			request.dispose();
			await().atMost(LIMIT).until(() -> this.calls.calls() == 0);
		}
		models();
	}

	@Test
	void gatewayAnswers() {
		models();
	}

	private void models() {
		assertThat(client().get()
			.uri("/v1/models")
			.responseSingle((head, content) -> content.asString().map((body) -> head.version() + " " + body))
			.block(LIMIT)).startsWith("HTTP/2.0 ").contains("anthropic");
	}

	private HttpClient client() {
		return HttpClient.create().host("127.0.0.1").port(this.port).protocol(HttpProtocol.H2C);
	}

}
