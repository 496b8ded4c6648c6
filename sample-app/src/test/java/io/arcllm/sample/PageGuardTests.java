package io.arcllm.sample;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Other sites' pages reach nothing, and names that were pointed at this machine neither.
 */
class PageGuardTests {

	@ParameterizedTest
	@CsvSource({ "localhost:8080, http://localhost:8080", "127.0.0.1:8080, http://127.0.0.1:8080",
			"[::1]:8080, http://[::1]:8080", "arc.localhost:8080, http://arc.localhost:8080",
			"console.example.com, https://console.example.com", "inner:8080, https://console.example.com" })
	void ownPageMayAsk(String host, String origin) {
		assertThat(admits(request(HttpMethod.POST, "/console/ask", host).header("Origin", origin)))
			.isEqualTo(!host.startsWith("inner"));
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

	@Test
	void nameThatWasPointedHereMayNot() {
		assertThat(admits(request(HttpMethod.GET, "/simulator", "evil.example:8080"))).isFalse();
		assertThat(admits(request(HttpMethod.POST, "/console/ask", "evil.example:8080").header("Origin",
				"http://evil.example:8080")))
			.isFalse();
		assertThat(admits(request(HttpMethod.POST, "/v1/chat/completions", "evil.example:8080").header("Origin",
				"http://evil.example:8080")))
			.isFalse();
	}

	@Test
	void clientsThatAreNoBrowsersDoNotNotice() {
		assertThat(admits(request(HttpMethod.POST, "/v1/chat/completions", "gateway.internal"))).isTrue();
		assertThat(admits(request(HttpMethod.PUT, "/simulator/openai", "localhost:8080"))).isTrue();
	}

	@Test
	void linksFromOtherSitesOpenThePage() {
		assertThat(admits(request(HttpMethod.GET, "/", "localhost:8080").header("Sec-Fetch-Site", "cross-site")
			.header("Sec-Fetch-Mode", "navigate"))).isTrue();
	}

	private static MockServerHttpRequest.BodyBuilder request(HttpMethod method, String path, String host) {
		return MockServerHttpRequest.method(method, path).header("Host", host);
	}

	private static boolean admits(MockServerHttpRequest.BaseBuilder<?> request) {
		return Boolean.TRUE.equals(new PageGuard(List.of("Console.example.com"))
			.filter(MockServerWebExchange.from(request), (exchange) -> Mono.empty())
			.thenReturn(true)
			.onErrorReturn(ResponseStatusException.class, false)
			.block());
	}

}
