package io.arcllm.sample;

import java.net.InetSocketAddress;

import io.arcllm.test.FakeVendors;
import io.arcllm.test.FakeVendorSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

/**
 * The dials turn by HTTP, for this machine alone.
 */
class SimulatorControllerTests {

	private static FakeVendors simulator;

	@BeforeAll
	static void start() {
		simulator = FakeVendors.start(FakeVendorSettings.instant());
	}

	@AfterAll
	static void stop() {
		simulator.close();
	}

	@Test
	void dialsTurnAndShow() {
		WebTestClient client = from("127.0.0.1");
		client.put()
			.uri("/simulator/openai")
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue("{\"fault\":\"rate-limit\",\"retryAfter\":3,\"rate\":0.5,\"times\":2,\"seconds\":10}")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.fault")
			.isEqualTo("rate-limit")
			.jsonPath("$.timesLeft")
			.isEqualTo(2);
		client.get().uri("/simulator").exchange().expectBody().jsonPath("$[1].dial.retryAfter").isEqualTo(3);
		client.get().uri("/simulator").exchange().expectBody().jsonPath("$[0].fault").isEqualTo("healthy");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "openai | {\"fault\":\"sulk\"} | 400",
			"openai | {\"rate\":1} | 400", "openai | { | 400", "nobody | {\"fault\":\"500\"} | 404" })
	void wrongDialsAreRefused(String vendor, String dial, int status) {
		from("127.0.0.1").put()
			.uri("/simulator/" + vendor)
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue(dial)
			.exchange()
			.expectStatus()
			.isEqualTo(status);
	}

	@ParameterizedTest
	@ValueSource(strings = { "192.168.1.7", "8.8.8.8", "fe80::1" })
	void othersAreRefused(String address) {
		WebTestClient client = from(address);
		client.get().uri("/simulator").exchange().expectStatus().isForbidden();
		client.put()
			.uri("/simulator/openai")
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue("{\"fault\":\"500\"}")
			.exchange()
			.expectStatus()
			.isForbidden();
	}

	@Test
	void othersBehindAProxyAreRefused() {
		from("127.0.0.1").get()
			.uri("/simulator")
			.header("X-Forwarded-For", "8.8.8.8")
			.exchange()
			.expectStatus()
			.isForbidden();
	}

	private static WebTestClient from(String address) {
		WebFilter filter = (exchange, chain) -> {
			ServerWebExchange remote = exchange.mutate()
				.request((request) -> request.remoteAddress(new InetSocketAddress(address, 40_000)))
				.build();
			return chain.filter(remote);
		};
		return WebTestClient.bindToController(new SimulatorController(simulator)).webFilter(filter).build();
	}

}
