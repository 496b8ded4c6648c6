package io.arcllm.sample.console;

import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.arcllm.test.Dial;
import io.arcllm.test.FakeVendors;
import io.arcllm.test.vendor.Fault;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is left of budgets, what the cache saved and what redaction took out: on the page,
 * in the trail and at the gateway.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "simulator.fail-every=0", "simulator.pace.first-token=0s", "simulator.pace.tokens-per-second=0",
				"arcllm.modules.cache.enabled=true", "arcllm.modules.cache.when=always",
				"arcllm.modules.redaction.enabled=true", "arcllm.modules.budget.enabled=true",
				"arcllm.modules.budget.limits[0].name=month", "arcllm.modules.budget.limits[0].amount=0.009",
				"arcllm.modules.budget.limits[1].scope=tenant", "arcllm.modules.budget.limits[1].amount=5" })
class MoneyTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private static final String ASK = "{\"max_tokens\":4000,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

	@LocalServerPort
	private int port;

	@Autowired
	private FakeVendors simulator;

	private JsonNode get(String path) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path)).build();
		return new JsonMapper().readTree(CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body());
	}

	@Test
	void pageAndTrailShowWhatIsOn() throws Exception {
		JsonNode first = get("/ask?q=I+am+bob@example.com");
		assertThat(first.at("/text").asString()).contains("I am [EMAIL]").doesNotContain("bob");
		assertThat(first.at("/redactions/email").asInt()).isEqualTo(1);
		assertThat(first.at("/trail/0/cost/amount").decimalValue()).isPositive()
			.isEqualByComparingTo(first.at("/cost/amount").decimalValue());
		assertThat(first.at("/budgets/0/left").decimalValue())
			.isEqualByComparingTo(new BigDecimal("0.009").subtract(first.at("/cost/amount").decimalValue()));
		assertThat(first.has("age")).isFalse();
		JsonNode hit = get("/ask?q=I+am+bob@example.com");
		assertThat(hit.at("/age").asInt(-1)).isNotNegative();
		assertThat(hit.at("/stale").asBoolean(true)).isFalse();
		assertThat(hit.at("/trail/0/outcome").asString()).isEqualTo("cached");
		assertThat(hit.at("/budgets").size()).isEqualTo(1);
		try (Browser browser = Browser.open()) {
			browser.visit("http://localhost:" + this.port + "/");
			browser.until("the budget shows", (page) -> page.all("[data-limit=month]").size() == 1);
			assertThat(browser.text("[data-limit=month]")).contains("of 0.009 USD");
			browser.until("cache and redactions show", (page) -> page.text("[data-part=cache]").contains("hits")
					&& page.text("[data-part=removed]").contains("email"));
			assertThat(browser.complaints()).isEmpty();
		}
		gatewayTellsWhatTheCacheHadWholeAndStreamed();
		gatewayNamesWhoAnsweredToCallersThatShareAnAnswer();
		gatewayAnswers402WhereTooLittleIsLeft();
	}

	private void gatewayTellsWhatTheCacheHadWholeAndStreamed() throws Exception {
		String ask = ASK.replace("4000", "400");
		String streamed = ask.replace("{\"max_tokens\"", "{\"stream\":true,\"max_tokens\"");
		assertThat(post(ask).headers().firstValue("x-arcllm-cache")).isEmpty();
		for (String again : new String[] { ask, streamed }) {
			HttpResponse<String> hit = post(again);
			assertThat(hit.statusCode()).isEqualTo(200);
			assertThat(hit.headers().firstValue("x-arcllm-cache")).hasValue("hit");
			assertThat(hit.headers().firstValue("age")).isPresent();
			assertThat(hit.headers().firstValue("x-arcllm-attempts")).hasValue("0");
			assertThat(hit.headers().firstValue("x-arcllm-provider")).hasValue("anthropic");
			assertThat(hit.body()).contains("Simulated")
				.contains("\"model\":\"claude-")
				.doesNotContain("\"model\":\"\"");
		}
	}

	private void gatewayNamesWhoAnsweredToCallersThatShareAnAnswer() throws Exception {
		this.simulator.of("anthropic").set(Dial.of(Fault.SLOW).delay(1).times(1));
		String ask = ASK.replace("4000", "401").replace("{\"max_tokens\"", "{\"stream\":true,\"max_tokens\"");
		int asked = this.simulator.of("anthropic").asked();
		List<CompletableFuture<HttpResponse<String>>> all = Stream.generate(() -> postAsync(ask)).limit(3).toList();
		List<String> attempts = new ArrayList<>();
		for (CompletableFuture<HttpResponse<String>> one : all) {
			HttpResponse<String> answer = one.get(20, TimeUnit.SECONDS);
			attempts.add(answer.headers().firstValue("x-arcllm-attempts").orElse(""));
			assertThat(answer.headers().firstValue("x-arcllm-provider")).hasValue("anthropic");
			assertThat(answer.headers().firstValue("x-arcllm-cache").isPresent())
				.isEqualTo(attempts.get(attempts.size() - 1).equals("0"));
			assertThat(answer.body()).contains("\"model\":\"claude-")
				.doesNotContain("\"model\":\"\"")
				.endsWith("data: [DONE]\n\n");
		}
		assertThat(attempts).containsExactlyInAnyOrder("1", "0", "0");
		assertThat(this.simulator.of("anthropic").asked()).isEqualTo(asked + 1);
	}

	private CompletableFuture<HttpResponse<String>> postAsync(String body) {
		return CLIENT.sendAsync(request(body), HttpResponse.BodyHandlers.ofString());
	}

	private HttpResponse<String> post(String body) throws Exception {
		return CLIENT.send(request(body), HttpResponse.BodyHandlers.ofString());
	}

	private HttpRequest request(String body) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/v1/chat/completions"))
			.header("content-type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build();
	}

	private void gatewayAnswers402WhereTooLittleIsLeft() throws Exception {
		HttpResponse<String> refused = post(ASK.replace("Hi", "Hi".repeat(8000)));
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(refused.headers().firstValue("retry-after")).isPresent();
		JsonNode error = new JsonMapper().readTree(refused.body()).at("/error");
		assertThat(error.at("/code").asString()).isEqualTo("insufficient_quota");
		assertThat(error.at("/message").asString()).contains("'month'");
	}

}
