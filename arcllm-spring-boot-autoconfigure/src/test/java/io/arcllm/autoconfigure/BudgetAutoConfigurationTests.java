package io.arcllm.autoconfigure;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.WholeAndStreamed;
import io.arcllm.autoconfigure.actuator.ArcllmEndpoint;
import io.arcllm.module.budget.BudgetExhausted;
import io.arcllm.module.budget.BudgetLedger;
import io.arcllm.module.budget.BudgetListener;
import io.arcllm.module.budget.BudgetWarning;
import io.arcllm.module.ratelimit.RedisServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Budgets in an application: every answer of the first vendor costs 0.25, which is what
 * is expected of it, too; those of the second nothing.
 */
@Timeout(60)
class BudgetAutoConfigurationTests {

	private Vendors vendors;

	@BeforeEach
	void start() {
		this.vendors = new Vendors();
	}

	@AfterEach
	void stop() {
		this.vendors.close();
	}

	private ApplicationContextRunner runner(String... properties) {
		List<String> all = new ArrayList<>(List.of("arcllm.modules.budget.enabled=true"));
		String[] prices = { "500", "0", "0" };
		String[] names = { "first", "second", "third" };
		for (int i = 0; i < prices.length; i++) {
			String key = "arcllm.providers." + names[i] + ".models[0].";
			all.addAll(List.of(key + "name=m" + i, key + "price.input=0", key + "price.output=" + prices[i]));
		}
		all.addAll(List.of(properties));
		return this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(ArcllmBudgetAutoConfiguration.class))
			.withPropertyValues(all.toArray(String[]::new));
	}

	private static String[] limit(String scope, String amount, String... more) {
		List<String> limit = new ArrayList<>(List.of("arcllm.modules.budget.limits[0].scope=" + scope,
				"arcllm.modules.budget.limits[0].amount=" + amount));
		for (String one : more) {
			limit.add(one.startsWith("arcllm.") ? one : "arcllm.modules.budget.limits[0]." + one);
		}
		return limit.toArray(String[]::new);
	}

	private static MockResponse answer(boolean streaming) {
		String choice = streaming ? "\"delta\"" : "\"message\"";
		String body = "{\"id\":\"c\",\"model\":\"m0\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"," + choice
				+ ":{\"role\":\"assistant\",\"content\":\"Hi\"}}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":500}}";
		return !streaming ? Vendors.json(200, body).build()
				: new MockResponse.Builder().addHeader("content-type", "text/event-stream")
					.body("data: " + body + "\n\ndata: [DONE]\n\n")
					.build();
	}

	private static LlmException refused(LlmProvider llm, boolean streaming) {
		return catchThrowableOfType(LlmException.class, () -> Vendors.ask(llm, streaming));
	}

	@WholeAndStreamed
	void usedUpLimitRefusesCallsAndEventsAndMetersSaySo(boolean streaming) {
		this.vendors.first.enqueue(answer(streaming));
		this.vendors.first.enqueue(answer(streaming));
		List<Object> events = new CopyOnWriteArrayList<>();
		Consumer<Object> hear = events::add;
		runner(limit("global", "0.50", "name=mine", "window=total", "warn-at=50%"))
			.withBean("registry", MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean("hears", Hearing.class, () -> new Hearing(hear))
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).primary();
				assertThat(llm).hasToString("Budget(Timeout(first))");
				Vendors.ask(llm, streaming);
				assertThat(events).hasExactlyElementsOfTypes(BudgetWarning.class);
				Vendors.ask(llm, streaming);
				LlmException failure = refused(llm, streaming);
				assertThat(failure.kind()).isEqualTo(ErrorKind.BUDGET_EXCEEDED);
				assertThat(failure).hasMessageContaining("'mine'").hasMessageContaining("0.50 of 0.50 USD");
				assertThat(failure.retryAfter()).isNull();
				assertThat(events).hasExactlyElementsOfTypes(BudgetWarning.class, BudgetExhausted.class);
				assertThat(context.getBean(MeterRegistry.class)
					.get("arcllm.budget.spent")
					.tag("limit", "mine")
					.gauge()
					.value()).isEqualTo(0.5);
				assertThat(context.getBean(BudgetLedger.class).status()).hasSize(1);
			});
	}

	@WholeAndStreamed
	void listenerThatThrowsKeepsNothingFromTheOthers(boolean streaming) {
		this.vendors.first.enqueue(answer(streaming));
		this.vendors.first.enqueue(answer(streaming));
		List<Object> events = new CopyOnWriteArrayList<>();
		Consumer<Object> hear = events::add;
		BudgetListener broken = new BudgetListener() {

			@Override
			public void warning(BudgetWarning warning) {
				throw new IllegalStateException("a bug in the application's listener");
			}

			@Override
			public void exhausted(BudgetExhausted exhausted) {
				throw new IllegalStateException("a bug in the application's listener");
			}

		};
		runner(limit("global", "0.50", "window=total", "warn-at=50%"))
			.withBean("broken", BudgetListener.class, () -> broken)
			.withBean("hears", Hearing.class, () -> new Hearing(hear))
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).primary();
				Vendors.ask(llm, streaming);
				Vendors.ask(llm, streaming);
				assertThat(events).hasExactlyElementsOfTypes(BudgetWarning.class, BudgetExhausted.class);
			});
	}

	/** Hears events whose type is no {@code ApplicationEvent}. */
	private record Hearing(Consumer<Object> hear) implements ApplicationListener<PayloadApplicationEvent<?>> {

		@Override
		public void onApplicationEvent(PayloadApplicationEvent<?> event) {
			if (event.getPayload() instanceof BudgetWarning || event.getPayload() instanceof BudgetExhausted) {
				this.hear.accept(event.getPayload());
			}
		}

	}

	@WholeAndStreamed
	void chainPassesOverATargetWhoseLimitSaysSo(boolean streaming) {
		this.vendors.first.enqueue(answer(streaming));
		this.vendors.second.enqueue(Vendors.says("two", streaming));
		runner(limit("provider", "0.25", "action=fallback", "arcllm.modules.fallback.enabled=true",
				"arcllm.modules.fallback.chain=second"))
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).primary();
				assertThat(Vendors.ask(llm, streaming).text()).isEqualTo("Hi");
				var answer = Vendors.ask(llm, streaming);
				assertThat(answer.text()).isEqualTo("two");
				assertThat(answer.trail().attempts().get(0).error()).isEqualTo(ErrorKind.BUDGET_EXCEEDED);
				assertThat(answer.trail().requests()).isEqualTo(1);
			});
	}

	@WholeAndStreamed
	void whereAllAreOverTheirLimitsTheFirstOneIsTold(boolean streaming) {
		this.vendors.first.enqueue(answer(streaming));
		runner(limit("model", "0.25", "action=fallback")).run((context) -> {
			LlmProvider llm = context.getBean(LlmProviders.class).primary();
			Vendors.ask(llm, streaming);
			LlmException failure = refused(llm, streaming);
			assertThat(failure.kind()).isEqualTo(ErrorKind.BUDGET_EXCEEDED);
			assertThat(failure).hasMessageContaining("'model-month' of first/m0 is used up: 0.25 of 0.25 USD");
			assertThat(failure.retryAfter()).isPositive();
		});
	}

	@WholeAndStreamed
	void targetThatIsBlockedEndsTheCall(boolean streaming) {
		this.vendors.first.enqueue(answer(streaming));
		runner(limit("provider", "0.25", "action=block", "arcllm.modules.fallback.enabled=true",
				"arcllm.modules.fallback.chain=second", "arcllm.modules.retry.enabled=true"))
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).primary();
				Vendors.ask(llm, streaming);
				assertThat(refused(llm, streaming).kind()).isEqualTo(ErrorKind.BUDGET_EXCEEDED);
				assertThat(this.vendors.second.getRequestCount()).isZero();
			});
	}

	@WholeAndStreamed
	void callThatHasCostEnoughEndsWithTheVendorsOwnError(boolean streaming) {
		this.vendors.first.enqueue(Vendors
			.json(200, "{\"id\":\"c\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"Hi\"},"
					+ "\"finish_reason\":\"error\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":500}}")
			.build());
		runner("arcllm.modules.budget.max-per-call=0.30", "arcllm.modules.retry.enabled=true",
				"arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second")
			.run((context) -> {
				LlmException failure = refused(context.getBean(LlmProviders.class).primary(), streaming);
				assertThat(failure.kind()).isNotEqualTo(ErrorKind.BUDGET_EXCEEDED);
				assertThat(failure.getSuppressed()).anyMatch(
						(other) -> other instanceof LlmException known && known.kind() == ErrorKind.BUDGET_EXCEEDED);
				assertThat(failure.trail().requests()).isEqualTo(1);
			});
	}

	@Test
	void errorsThatCostNothingAreTriedAgainWithinMaxPerCall() {
		this.vendors.first.enqueue(Vendors.fails("500"));
		this.vendors.first.enqueue(answer(false));
		runner("arcllm.modules.budget.max-per-call=0.01", "arcllm.modules.retry.enabled=true")
			.run((context) -> assertThat(
					Vendors.ask(context.getBean(LlmProviders.class).primary(), false).trail().requests())
				.isEqualTo(2));
	}

	@Test
	void configuredModelWithoutAPriceStopsTheStart() {
		runner(limit("global", "1", "arcllm.providers.third.model=unknown"))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("nothing is known of the price of third/unknown")
				.hasMessageContaining("unknown-price: allow"));
	}

	@Test
	void modelOfARequestWithoutAPriceIsRefused() {
		runner(limit("global", "1")).run((context) -> {
			LlmProvider llm = context.getBean(LlmProviders.class).primary();
			LlmException failure = catchThrowableOfType(LlmException.class,
					() -> llm.invoke(LlmRequest.of("hi").withModel("gpt-9")));
			assertThat(failure.kind()).isEqualTo(ErrorKind.BUDGET_EXCEEDED);
			assertThat(failure.details().target()).isEqualTo(new Target("first", "gpt-9"));
			assertThat(this.vendors.first.getRequestCount()).isZero();
		});
	}

	@Test
	void modelsWithoutAPriceMayBeAllowed() {
		this.vendors.first.enqueue(answer(false));
		runner(limit("global", "1", "arcllm.modules.budget.unknown-price=allow"))
			.run((context) -> context.getBean(LlmProviders.class)
				.primary()
				.invoke(LlmRequest.of("hi").withModel("gpt-9")));
	}

	@Test
	void mistakesInLimitsStopTheStartAndNameTheMend() {
		runner(limit("global", "1", "action=fallback")).run((context) -> assertThat(context).getFailure()
			.rootCause()
			.hasMessageContaining("scope: provider or model"));
		runner(limit("global", "1", "arcllm.modules.budget.limits[1].amount=2")).run(
				(context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("names must be unique"));
		runner(limit("global", "1", "arcllm.modules.budget.limits[1].amount=2",
				"arcllm.modules.budget.limits[1].scope=tenant", "arcllm.modules.budget.limits[1].currency=EUR"))
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("one currency"));
		runner(limit("global", "1", "arcllm.modules.budget.store=redis"))
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("no connection to Redis"));
	}

	@Test
	void budgetsAreShownAndResetByHand() {
		this.vendors.first.enqueue(answer(false));
		runner(limit("global", "0.25", "name=mine"))
			.withConfiguration(
					AutoConfigurations.of(ArcllmActuatorAutoConfiguration.class, EndpointAutoConfiguration.class))
			.withPropertyValues("management.endpoints.web.exposure.include=arcllm")
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).primary();
				Vendors.ask(llm, false);
				ArcllmEndpoint endpoint = context.getBean(ArcllmEndpoint.class);
				assertThat(endpoint.overview().gates().get("budget").get("mine")).singleElement()
					.extracting("spent")
					.isEqualTo(new BigDecimal("0.25"));
				assertThat(catchThrowableOfType(InvalidEndpointRequestException.class,
						() -> endpoint.act("reset-budget", null, "yours")))
					.hasMessageContaining("there are: mine");
				endpoint.act("reset-budget", null, "mine");
				assertThat(context.getBean(BudgetLedger.class).status().get(0).spent()).isZero();
				endpoint.act("reset-budget", null, null);
			});
	}

	@Test
	void gaugesShowTheLimitsThatHoldNowAlsoThoseOfOneProvider() {
		this.vendors.first.enqueue(answer(false));
		runner(limit("global", "5", "name=mine", "arcllm.providers.first.modules.budget.limits[0].amount=0.60",
				"arcllm.providers.first.modules.budget.limits[0].name=own"))
			.withConfiguration(AutoConfigurations.of(ArcllmRefreshAutoConfiguration.class))
			.withBean("registry", MeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> {
				MeterRegistry registry = context.getBean(MeterRegistry.class);
				Vendors.ask(context.getBean(LlmProviders.class).primary(), false);
				assertThat(gauge(registry, "amount", "mine")).isEqualTo(5);
				assertThat(gauge(registry, "amount", "own")).isEqualTo(0.6);
				assertThat(gauge(registry, "spent", "own")).isEqualTo(0.25);
				assertThat(gauge(registry, "spent", "mine")).isZero();
				TestPropertyValues
					.of("arcllm.providers.first.modules.budget.limits[0].amount=0.70",
							"arcllm.providers.second.modules.budget.limits[0].amount=3",
							"arcllm.providers.second.modules.budget.limits[0].name=new",
							"arcllm.modules.budget.limits[0].name=renamed")
					.applyTo(context);
				context.publishEvent(new EnvironmentChangeEvent(this));
				assertThat(gauge(registry, "amount", "own")).isEqualTo(0.7);
				assertThat(gauge(registry, "spent", "own")).isEqualTo(0.25);
				assertThat(gauge(registry, "amount", "new")).isEqualTo(3);
				assertThat(gauge(registry, "amount", "renamed")).isEqualTo(5);
				assertThat(registry.find("arcllm.budget.amount").tag("limit", "mine").gauge()).isNull();
			});
	}

	private static double gauge(MeterRegistry registry, String what, String limit) {
		return registry.get("arcllm.budget." + what).tag("limit", limit).gauge().value();
	}

	@WholeAndStreamed
	void twoApplicationsOnOneRedisSpendOneAmountAndFollowTheSettingWhenItIsKilled(boolean streaming) throws Exception {
		for (int i = 0; i < 5; i++) {
			this.vendors.first.enqueue(answer(streaming));
		}
		try (RedisServer redis = RedisServer.start()) {
			ApplicationContextRunner replica = runner(
					limit("global", "1", "name=shared", "arcllm.modules.budget.store=redis"))
				.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
				.withPropertyValues("spring.data.redis.port=" + redis.port());
			replica.run((one) -> replica.run((other) -> {
				LlmProvider first = one.getBean(LlmProviders.class).primary();
				LlmProvider second = other.getBean(LlmProviders.class).primary();
				for (LlmProvider llm : List.of(first, second, first, second)) {
					// the first question over a new connection may take too long
					await().atMost(Duration.ofSeconds(30))
						.ignoreExceptions()
						.until(() -> Vendors.ask(llm, streaming) != null);
				}
				// what a call has cost reaches Redis after its answer
				await().atMost(Duration.ofSeconds(30))
					.untilAsserted(() -> assertThat(refused(first, streaming)).hasMessageContaining("1.00 of 1 USD"));
				assertThat(refused(second, streaming)).hasMessageContaining("'shared'");
				assertThat(this.vendors.first.getRequestCount()).isEqualTo(4);
				redis.kill();
				assertThat(refused(first, streaming)).hasMessageContaining("cannot be checked");
				assertThat(refused(second, streaming).kind()).isEqualTo(ErrorKind.BUDGET_EXCEEDED);
			}));
		}
	}

	@Test
	void limitOfOneProviderReplacesTheOthers() {
		this.vendors.first.enqueue(answer(false));
		runner(limit("global", "0.10", "arcllm.providers.first.modules.budget.limits[0].amount=0.60",
				"arcllm.providers.first.modules.budget.limits[0].name=own"))
			.run((context) -> Vendors.ask(context.getBean(LlmProviders.class).primary(), false));
	}

}
