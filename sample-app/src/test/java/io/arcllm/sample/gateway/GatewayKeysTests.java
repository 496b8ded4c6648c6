package io.arcllm.sample.gateway;

import java.net.URI;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.arcllm.RequestMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Keys open the gateway, and say whose calls they are.
 */
class GatewayKeysTests {

	private static final String KEY = "a-key-without-tenant";

	private static final String ACME = "the-key-of-acme-0001";

	private final GatewayKeyFilter filter = new GatewayKeyFilter(properties(KEY, Map.of("acme", ACME)),
			new GatewayPaths("/actuator"));

	@ParameterizedTest
	@ValueSource(strings = { "/v1/chat/completions", "/v1/models", "/ask", "/actuator", "/actuator/arcllm",
			"/actuator/env", "/v1;a=b/models", "/v1;/chat/completions", "/ask;a=1", "/%76%31/models", "/v1%2Fmodels",
			"/actuator;/env", "/actuator/health/../env", "/actuator/health/%2e%2e/env", "/actuator/healthy",
			"/console/../v1/models", "/js/%2e%2e/ask", "/manage/env", "/nowhere" })
	void noKeyIsRefusedInOpenAisWords(String path) {
		for (String shown : new String[] { null, "Bearer wrong-key-wrong-key", "Basic " + KEY, KEY, "Bearer " }) {
			MockServerWebExchange exchange = ask(path, shown);
			assertThat(exchange.getResponse().getStatusCode()).isEqualTo(HttpStatus.UNAUTHORIZED);
			assertThat(exchange.getResponse().getBodyAsString().block()).contains("\"code\":\"invalid_api_key\"")
				.doesNotContain("wrong-key");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/console/ask", "/actuator/health", "/actuator/health/readiness", "/js/main.js",
			"/css/main.css", "/favicon.svg", "/index.html", "/simulator", "/simulator/openai", "/%63onsole/state",
			"/console;a=b/state" })
	void otherPathsNeedNoKey(String path) {
		assertThat(ask(path, null).getResponse().getStatusCode()).isNull();
	}

	@Test
	void actuatorElsewhereIsGuardedThere() {
		GatewayPaths moved = new GatewayPaths("/manage/");
		assertThat(moved.isGuarded(MockServerHttpRequest.get("/manage/env").build())).isTrue();
		assertThat(moved.isGuarded(MockServerHttpRequest.get("/manage/health/readiness").build())).isFalse();
		assertThat(moved.isGuarded(MockServerHttpRequest.get("/actuator/health").build())).isTrue();
	}

	/** A proxy's prefix, or a base path, is no way round the key. */
	@Test
	void basePathsAreNoPartOfThePath() {
		MockServerWebExchange exchange = MockServerWebExchange
			.from(MockServerHttpRequest.get("/console/v1/models").contextPath("/console"));
		this.filter.filter(exchange, (next) -> Mono.empty()).block();
		assertThat(exchange.getResponse().getStatusCode()).isEqualTo(HttpStatus.UNAUTHORIZED);
	}

	@ParameterizedTest
	@CsvSource({ KEY + ",", ACME + ", acme" })
	void keySaysTheTenant(String key, @Nullable String tenant) {
		MockServerWebExchange exchange = ask("/v1/models", "bearer " + key);
		assertThat(exchange.getResponse().getStatusCode()).isNull();
		RequestMetadata metadata = exchange.getAttribute("metadata");
		assertThat((metadata == null) ? null : metadata.tenant()).isEqualTo(tenant);
	}

	/** The comparison itself is the JDK's, which is made for it. */
	@Test
	void timeOfAnAnswerTellsNothingOfTheKeys() {
		List<List<Integer>> lengths = new ArrayList<>();
		GatewayKeys keys = new GatewayKeys(properties(KEY, Map.of("acme", ACME, "other", "x".repeat(100))),
				(known, shown) -> {
					lengths.add(List.of(known.length, shown.length));
					return MessageDigest.isEqual(known, shown);
				});
		List<String> all = Arrays.asList(null, "", "Bearer ", "Bearer x", "Basic " + KEY, "Bearer " + KEY,
				"Bearer " + ACME, "Bearer " + ACME.substring(1), "Bearer " + "x".repeat(100),
				"Bearer " + "x".repeat(100_000));
		for (String shown : all) {
			lengths.clear();
			keys.caller(shown);
			assertThat(lengths).as(shown).hasSize(3).containsOnly(List.of(32, 32));
		}
		assertThat(keys.caller("Bearer " + ACME)).isEqualTo(new GatewayKeys.Caller("acme"));
	}

	@Test
	void withoutConfiguredKeysNoneIsDemanded() {
		GatewayKeyFilter open = new GatewayKeyFilter(properties(null, Map.of()), new GatewayPaths("/actuator"));
		MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/v1/models"));
		open.filter(exchange, (next) -> Mono.empty()).block();
		assertThat(exchange.getResponse().getStatusCode()).isNull();
	}

	@Test
	void weakAndEqualKeysAreMistakesThatDoNotShowThem() {
		assertThatIllegalArgumentException().isThrownBy(() -> properties("short", Map.of()))
			.withMessageContaining("gateway.api-key must have at least 16 characters")
			.withMessageNotContaining("short:");
		assertThatIllegalArgumentException().isThrownBy(() -> properties(null, Map.of("acme", "short")))
			.withMessageContaining("gateway.keys.acme");
		assertThatIllegalArgumentException().isThrownBy(() -> properties(ACME, Map.of("acme", ACME)))
			.withMessageContaining("equal")
			.withMessageNotContaining(ACME);
		assertThat(properties(KEY, Map.of("acme", ACME)).toString()).doesNotContain(KEY, ACME);
	}

	private MockServerWebExchange ask(String path, @Nullable String authorization) {
		MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.method(HttpMethod.GET, URI.create(path));
		if (authorization != null) {
			request.header("Authorization", authorization);
		}
		MockServerWebExchange exchange = MockServerWebExchange.from(request);
		this.filter.filter(exchange, (next) -> Mono.deferContextual((context) -> {
			context.<RequestMetadata>getOrEmpty(RequestMetadata.class)
				.ifPresent((metadata) -> next.getAttributes().put("metadata", metadata));
			return Mono.empty();
		})).block();
		return exchange;
	}

	private static GatewayProperties properties(@Nullable String key, Map<String, String> keys) {
		return new GatewayProperties(key, keys, GatewayProperties.Models.CONFIGURED, List.of(),
				DataSize.ofMegabytes(16), DataSize.ofMegabytes(1));
	}

}
