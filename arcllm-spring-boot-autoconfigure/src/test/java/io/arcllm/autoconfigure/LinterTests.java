package io.arcllm.autoconfigure;

import java.util.List;
import java.util.concurrent.TimeUnit;

import io.arcllm.LlmProvider;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is said at start-up of settings that start, and yet are not what was meant.
 */
@ExtendWith(OutputCaptureExtension.class)
class LinterTests {

	@AutoClose
	private final Vendors vendors = new Vendors();

	@Test
	void boundsOfACallAreSaid(CapturedOutput output) {
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.retry.enabled=true", "arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=second", "arcllm.modules.retry.max-wait=2s",
					"arcllm.providers.first.models[0].name=m0",
					"arcllm.providers.first.models[0].context-window=100000",
					"arcllm.providers.first.models[0].max-output=10000",
					"arcllm.providers.first.models[0].price.input=3",
					"arcllm.providers.first.models[0].price.output=15", "arcllm.providers.second.models[0].name=m1",
					"arcllm.providers.second.models[0].context-window=100000",
					"arcllm.providers.second.models[0].price.input=1",
					"arcllm.providers.second.models[0].price.output=1")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("A call of first/m0: at most 8 attempts, 166s, 3.60 USD")
			.contains("A call of third/m2: at most 8 attempts, 166s, price unknown");
	}

	@Test
	void moneyIsOfTheModelsKnownWindowAndOfTheBudgetsCurrency(CapturedOutput output) {
		this.vendors.runner()
			.withPropertyValues("arcllm.providers.first.model=claude-sonnet-4-5",
					"arcllm.providers.first.models[0].name=claude-sonnet-4-5",
					"arcllm.providers.first.models[0].price.input=3",
					"arcllm.providers.first.models[0].price.output=15", "arcllm.providers.second.models[0].name=m1",
					"arcllm.providers.second.models[0].price.input=0",
					"arcllm.providers.second.models[0].price.output=0", "arcllm.modules.budget.limits[0].amount=5",
					"arcllm.modules.budget.limits[0].currency=EUR")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsPattern("A call of first/claude-sonnet-4-5: at most 1 attempts, \\d+s, 1.56 EUR")
			.containsPattern("A call of second/m1: at most 1 attempts, \\d+s, 0.00 EUR");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"arcllm.modules.fallback.enabled=true | arcllm.modules.fallback.enabled is true, but there is no other target",
			"arcllm.providers.fourth.preset=groq;arcllm.providers.fourth.model=m | arcllm.providers.fourth.api-key is not set, so the provider cannot be asked and chains pass over it: set arcllm.providers.fourth.api-key or the environment variable GROQ_API_KEY",
			"arcllm.providers.fourth.preset=groq;arcllm.providers.fourth.api-key=k | arcllm.providers.fourth.model is not set: set it, or name a model in each request",
			"arcllm.providers.fourth.type=openai;arcllm.providers.fourth.base-url=https://api.groq.com/openai/v1;arcllm.providers.fourth.api-key=k;arcllm.providers.fourth.model=m | arcllm.providers.fourth.base-url is that of the known vendor 'groq'",
			"arcllm.modules.retry.max-retries=5 | arcllm.modules.retry.max-retries does nothing, since retry is off",
			"arcllm.modules.hedge.enabled=true | arcllm.modules.hedge.enabled is true, but fallback is off",
			"arcllm.deadline=1s | arcllm.deadline is shorter than arcllm.modules.timeout.attempt",
			"arcllm.modules.fallback.enabled=true;arcllm.modules.fallback.chain=second;arcllm.modules.fallback.selection=cost | arcllm.modules.fallback.selection is cost, but the price of 'first/m0' is not known",
			"arcllm.modules.fallback.enabled=true;arcllm.modules.fallback.chain=second;arcllm.modules.bulkhead.enabled=true;arcllm.modules.order=telemetry,bulkhead,retry,fallback,timeout | arcllm.modules.order has 'bulkhead' before fallback",
			"arcllm.modules.fallback.enabled=true;arcllm.modules.fallback.chain=second;arcllm.providers.first.models[0].name=m0;arcllm.providers.first.models[0].context-window=9;arcllm.providers.second.models[0].name=m1;arcllm.providers.second.models[0].context-window=8 | arcllm.modules.fallback.chain names 'second/m1', which takes 8 tokens",
			"arcllm.modules.fallback.enabled=true;arcllm.modules.fallback.chain=second;arcllm.providers.second.models[0].name=m1;arcllm.providers.second.models[0].unsupported=tools,images | arcllm.modules.fallback.chain names 'second/m1', which does not take tools, images where 'first/m0' does",
			"arcllm.modules.fallback.enabled=true;arcllm.modules.fallback.chain[0]=second;arcllm.providers.second.models[0].name=m1;arcllm.providers.second.models[0].unsupported=forced-tool | arcllm.modules.fallback.chain names 'second/m1', which does not take forced-tool",
			"arcllm.providers.first.modules.retry.max-retries=5 | arcllm.providers.first.modules.retry.max-retries does nothing, since retry is off",
			"arcllm.modules.fallback.enabled=true;arcllm.modules.fallback.chain=second;arcllm.providers.second.base-url=http://localhost/v1;arcllm.providers.first.base-url=http://localhost/v1 | arcllm.modules.fallback.chain names 'second/m1', which has the URL and the key" })
	void warningBeginsWithTheKey(String properties, String warning, CapturedOutput output) {
		this.vendors.runner()
			.withPropertyValues(properties.split(";"))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains(warning);
		this.vendors.runner()
			.withPropertyValues(properties.split(";"))
			.withPropertyValues("arcllm.lint=fail")
			.run((context) -> assertThat(context).getFailure().hasMessageContaining(warning));
	}

	@Test
	void offSaysNothing(CapturedOutput output) {
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.lint=off")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("A call of").doesNotContain("no other target");
	}

	@Test
	void chainThatTheProfileMadeIsNoMistake() {
		this.vendors.runner()
			.withPropertyValues("arcllm.profile=resilient", "arcllm.modules.circuit-breaker.enabled=false",
					"arcllm.providers.first.models[0].name=m0", "arcllm.providers.first.models[0].context-window=9",
					"arcllm.providers.second.models[0].name=m1", "arcllm.providers.second.models[0].context-window=8",
					"arcllm.lint=fail")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void settingsOfWhatWasSwitchedOffAreNoMistake() {
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.retry.enabled=false", "arcllm.modules.retry.max-retries=5",
					"arcllm.lint=fail")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void connectionsOfTheChainAreMadeWithoutACall() {
		List.of(this.vendors.first, this.vendors.second)
			.forEach((vendor) -> vendor.enqueue(new MockResponse.Builder().code(404).build()));
		this.vendors.runner()
			.withPropertyValues("arcllm.warm-up=connections", "arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=second")
			.run((context) -> {
				for (MockWebServer vendor : List.of(this.vendors.first, this.vendors.second)) {
					var request = vendor.takeRequest(20, TimeUnit.SECONDS);
					assertThat(request.getMethod()).isEqualTo("HEAD");
					assertThat(request.getHeaders().get("authorization")).isNull();
				}
				this.vendors.first.enqueue(Vendors.says("hello", false));
				assertThat(context.getBean(LlmProvider.class).invoke("hi").text()).isEqualTo("hello");
				assertThat(this.vendors.third.getRequestCount()).isZero();
			});
	}

	@ParameterizedTest
	@CsvSource({ "none, false", "stacks, true" })
	void stackIsMadeAtStartUnlessNothingIs(String warmUp, boolean made, CapturedOutput output) {
		this.vendors.runner().withPropertyValues("arcllm.warm-up=" + warmUp).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output.getOut().contains("Calls go through Timeout(first)")).isEqualTo(made);
			this.vendors.first.enqueue(Vendors.says("hello", false));
			assertThat(context.getBean(LlmProvider.class).invoke("hi").text()).isEqualTo("hello");
			assertThat(this.vendors.first.getRequestCount()).isOne();
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "arcllm.modules.retry.max-wait=60 | a duration without a unit",
			"arcllm.modules.retry.max-wait=60 | Write 60s or 60ms.", "arcllm.deadline=5 | Write 5s or 5ms.",
			"arcllm.providers.first.http.connect-timeout=5 | Write 5s or 5ms.",
			"arcllm.providers.first.modules.timeout.attempt=5 | Write 5s or 5ms.",
			"arcllm.providers.first.models.gpt-5.context-window=9 | - name: gpt-5",
			"arcllm.modules.order=retri,fallback,timeout | Did you mean", "arcllm.lint=loud | warn, fail, off" })
	void trapsStopTheStart(String property, String message) {
		this.vendors.runner()
			.withPropertyValues(property)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining(message));
	}

	@Test
	void nothingIsSaidOfTheYamlThatComesFirst() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class,
							ArcllmCircuitBreakerAutoConfiguration.class, WebClientAutoConfiguration.class))
			.withPropertyValues("arcllm.profile=resilient", "arcllm.provider=anthropic",
					"arcllm.providers.anthropic.api-key=k", "arcllm.providers.anthropic.model=claude-sonnet-4-5",
					"arcllm.providers.openai.api-key=k", "arcllm.providers.openai.model=gpt-5-mini", "arcllm.lint=fail")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void zeroNeedsNoUnit() {
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.hedge.minimum-delay=0")
			.run((context) -> assertThat(context).hasNotFailed());
	}

}
