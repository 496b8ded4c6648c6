package io.arcllm.sample.gateway;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Other sites' pages reach nothing, and names that were pointed at this machine neither.
 */
class PageGuardTests {

	@ParameterizedTest
	@CsvSource({ "localhost:8080, http://localhost:8080", "127.0.0.1:8080, http://127.0.0.1:8080",
			"[::1]:8080, http://[::1]:8080", "console.example.com, https://console.example.com" })
	void ownPageMayAsk(String host, String origin) {
		assertThat(admits(request(HttpMethod.POST, "/console/ask", host).header("Origin", origin))).isTrue();
		assertThat(admits(request(HttpMethod.POST, "/v1/chat/completions", host).header("Origin", origin))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/console/ask", "/console/storm", "/simulator/openai", "/v1/chat/completions", "/ask" })
	void otherPagesMayNot(String path) {
		for (String origin : List.of("https://evil.example", "http://localhost:3000", "null", "http://localhost")) {
			assertThat(admits(request(HttpMethod.POST, path, "localhost:8080").header("Origin", origin))).isFalse();
		}
		assertThat(admits(request(HttpMethod.GET, path, "localhost:8080").header("Sec-Fetch-Site", "cross-site")
			.header("Sec-Fetch-Mode", "no-cors"))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/console/ask", "/simulator", "/v1/chat/completions", "/v1/models", "/ask",
			"/actuator/arcllm" })
	void nameThatWasPointedHereMayNot(String path) {
		assertThat(admits(request(HttpMethod.GET, path, "evil.example:8080"))).isFalse();
		assertThat(admits(request(HttpMethod.GET, path, "arc.localhost:8080"))).isFalse();
		assertThat(admits(
				request(HttpMethod.POST, path, "evil.example:8080").header("Origin", "http://evil.example:8080")))
			.isFalse();
	}

	@Test
	void healthAnswersUnderEveryName() {
		assertThat(admits(request(HttpMethod.GET, "/actuator/health", "10-0-0-7.pod.cluster"))).isTrue();
		assertThat(admits(request(HttpMethod.GET, "/actuator/health/liveness", "inner"))).isTrue();
		assertThat(admits(request(HttpMethod.GET, "/actuator/healthy", "inner"))).isFalse();
	}

	@Test
	void clientsThatAreNoBrowsersDoNotNotice() {
		assertThat(admits(request(HttpMethod.POST, "/v1/chat/completions", "127.0.0.1:8080"))).isTrue();
		assertThat(admits(request(HttpMethod.PUT, "/simulator/openai", "localhost:8080"))).isTrue();
	}

	@Test
	void linksFromOtherSitesOpenThePageAlone() {
		assertThat(admits(visit("/"))).isTrue();
		assertThat(admits(visit("/ask"))).isFalse();
		assertThat(admits(visit("/actuator/arcllm"))).isFalse();
	}

	private static MockServerHttpRequest.BaseBuilder<?> visit(String path) {
		return request(HttpMethod.GET, path, "localhost:8080").header("Sec-Fetch-Site", "cross-site")
			.header("Sec-Fetch-Mode", "navigate");
	}

	private static MockServerHttpRequest.BodyBuilder request(HttpMethod method, String path, String host) {
		return MockServerHttpRequest.method(method, path).header("Host", host);
	}

	private static boolean admits(MockServerHttpRequest.BaseBuilder<?> request) {
		AtomicBoolean admitted = new AtomicBoolean();
		MockServerWebExchange exchange = MockServerWebExchange.from(request);
		new PageGuard(GatewayServer.properties(List.of("Console.example.com")), new GatewayPaths("/actuator"))
			.filter(exchange, (admits) -> Mono.fromRunnable(() -> admitted.set(true)))
			.block();
		assertThat(admitted.get()).isEqualTo(exchange.getResponse().getStatusCode() == null);
		return admitted.get();
	}

}
