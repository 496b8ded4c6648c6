package io.arcllm.autoconfigure.stack;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

import io.arcllm.Attempt;
import io.arcllm.Cost;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmResponse;
import io.arcllm.WholeAndStreamed;
import io.arcllm.autoconfigure.ArcllmTelemetryAutoConfiguration;
import io.arcllm.autoconfigure.Vendors;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What answers cost, by the prices of the models that gave them.
 */
@Timeout(60)
class PricesTests {

	private static final String TOKENS = "{\"prompt_tokens\":1000,\"completion_tokens\":500}";

	private Vendors vendors;

	@BeforeEach
	void start() throws Exception {
		this.vendors = new Vendors();
	}

	@AfterEach
	void stop() {
		this.vendors.close();
	}

	@WholeAndStreamed
	void answerCarriesWhatItCost(boolean streaming) {
		this.vendors.first.enqueue(answer("m0-2026-01-01", TOKENS, streaming));
		assertThat(cost(streaming, price("first", "m0", "input=3.00", "output=15.00"))).isEqualTo(usd("0.0105"));
	}

	@WholeAndStreamed
	void modelThatAnsweredHasThePrice(boolean streaming) {
		this.vendors.first.enqueue(answer("m0-large", TOKENS, streaming));
		List<String> prices = price("first", "m0", "input=3.00", "output=15.00");
		prices.add("arcllm.providers.first.models[1].name=m0-large");
		prices.add("arcllm.providers.first.models[1].price.input=1000");
		prices.add("arcllm.providers.first.models[1].price.output=0");
		assertThat(cost(streaming, prices)).isEqualTo(usd("1"));
	}

	@WholeAndStreamed
	void targetThatAnsweredHasThePrice(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("500"));
		this.vendors.second.enqueue(answer("m1", TOKENS, streaming));
		List<String> prices = price("first", "m0", "input=3.00", "output=15.00");
		prices.addAll(price("second", "m1", "input=1", "output=2"));
		prices.add("arcllm.modules.fallback.enabled=true");
		prices.add("arcllm.modules.fallback.chain=second");
		assertThat(cost(streaming, prices)).isEqualTo(usd("0.002"));
	}

	@WholeAndStreamed
	void unknownPriceIsNoCost(boolean streaming) {
		this.vendors.first.enqueue(answer("m0", TOKENS, streaming));
		this.vendors.first.enqueue(answer("m0", TOKENS, streaming));
		assertThat(cost(streaming, price("first", "another", "input=3.00", "output=15.00"))).isNull();
		assertThat(cost(streaming, price("first", "m0", "input=3.00"))).isNull();
	}

	@WholeAndStreamed
	void tokensThatNobodyToldAreEstimated(boolean streaming) {
		this.vendors.first.enqueue(answer("m0", "null", streaming));
		assertThat(cost(streaming, price("first", "m0", "input=3", "output=15"))).isNotNull();
	}

	@WholeAndStreamed
	void allAttemptsOfACallAreItsCostAndOnlyErrorsAreFree(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("500"));
		this.vendors.second.enqueue(answer("m1", TOKENS, streaming));
		List<String> prices = price("first", "m0", "input=3.00", "output=15.00");
		prices.addAll(price("second", "m1", "input=1", "output=2"));
		prices.add("arcllm.modules.fallback.enabled=true");
		prices.add("arcllm.modules.fallback.chain=second");
		runner(prices).run((context) -> {
			LlmResponse answer = Vendors.ask(context.getBean(LlmProviders.class).primary(), streaming);
			assertThat(answer.trail().attempts()).extracting(Attempt::cost).containsExactly(usd("0"), usd("0.002"));
			assertThat(answer.trail().cost()).isEqualTo(answer.cost());
		});
	}

	@ParameterizedTest
	@CsvSource({ "cache-read=1, 0.0099", "cache-read=3, 0.0105" })
	void tokensReadFromTheCacheHaveTheirOwnPrice(String cached, String sum) {
		String tokens = TOKENS.replace("}", ",\"prompt_tokens_details\":{\"cached_tokens\":300}}");
		this.vendors.first.enqueue(answer("m0", tokens, false));
		assertThat(cost(false, price("first", "m0", "input=3", "output=15", cached))).isEqualTo(usd(sum));
	}

	@Test
	void tokensOfTheCacheCostLikeOthersWhereNothingElseIsSaid() {
		String tokens = TOKENS.replace("}", ",\"prompt_tokens_details\":{\"cached_tokens\":300}}");
		this.vendors.first.enqueue(answer("m0", tokens, false));
		assertThat(cost(false, price("first", "m0", "input=3", "output=15"))).isEqualTo(usd("0.0105"));
	}

	@Test
	void costIsMeteredAndThePriceIsNoModule() {
		this.vendors.first.enqueue(answer("m0", TOKENS, false));
		runner(price("first", "m0", "input=3.00", "output=15.00"))
			.withConfiguration(AutoConfigurations.of(ArcllmTelemetryAutoConfiguration.class))
			.withBean(ObservationRegistry.class, ObservationRegistry::create)
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> {
				LlmProvider provider = context.getBean(LlmProviders.class).primary();
				assertThat(provider).hasToString("Telemetry(Timeout(first))");
				provider.invoke("hi");
				assertThat(context.getBean(MeterRegistry.class)
					.get("arcllm.cost")
					.tags("provider", "first", "currency", "USD")
					.counter()
					.count()).isEqualTo(0.0105);
			});
	}

	private Cost cost(boolean streaming, List<String> prices) {
		List<LlmResponse> answers = new ArrayList<>();
		runner(prices)
			.run((context) -> answers.add(Vendors.ask(context.getBean(LlmProviders.class).primary(), streaming)));
		return answers.get(0).cost();
	}

	private ApplicationContextRunner runner(List<String> prices) {
		return this.vendors.runner().withPropertyValues(prices.toArray(String[]::new));
	}

	private static List<String> price(String provider, String model, String... prices) {
		String key = "arcllm.providers." + provider + ".models[0].";
		List<String> all = new ArrayList<>(List.of(key + "name=" + model));
		for (String price : prices) {
			all.add(key + "price." + price);
		}
		return all;
	}

	private static Cost usd(String amount) {
		return new Cost(new BigDecimal(amount), "USD");
	}

	private static MockResponse answer(String model, String tokens, boolean streaming) {
		String choice = streaming ? "\"delta\"" : "\"message\"";
		String body = "{\"id\":\"c\",\"model\":\"" + model + "\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\","
				+ choice + ":{\"role\":\"assistant\",\"content\":\"Hi\"}}],\"usage\":" + tokens + "}";
		return !streaming ? Vendors.json(200, body).build()
				: new MockResponse.Builder().addHeader("content-type", "text/event-stream")
					.body("data: " + body + "\n\ndata: [DONE]\n\n")
					.build();
	}

}
