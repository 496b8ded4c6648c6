package io.arcllm.autoconfigure;

import io.arcllm.LlmException;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import io.arcllm.autoconfigure.actuator.ArcllmEndpoint;
import io.arcllm.autoconfigure.actuator.ArcllmWebExtension;
import io.arcllm.autoconfigure.actuator.ArcllmEndpoint.Action;
import io.arcllm.autoconfigure.actuator.ArcllmEndpoint.Changed;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What platform engineers see and do.
 */
class ActuatorAutoConfigurationTests {

	private static final String CANARY = "sk-canary-1b9e";

	@StartStop
	final MockWebServer server = PromptServers.create();

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, ArcllmCircuitBreakerAutoConfiguration.class,
					ArcllmRateLimitAutoConfiguration.class, ArcllmActuatorAutoConfiguration.class,
					EndpointAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("management.endpoints.web.exposure.include=arcllm", "arcllm.provider=anthropic",
					"arcllm.providers.anthropic.base-url=" + this.server.url("/"),
					"arcllm.providers.anthropic.api-key=" + CANARY, "arcllm.providers.anthropic.model=claude-x",
					"arcllm.providers.openai.base-url=" + this.server.url("/v1"),
					"arcllm.providers.openai.api-key=" + CANARY, "arcllm.providers.openai.model=gpt-x",
					"arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=openai",
					"arcllm.modules.circuit-breaker.enabled=true",
					"arcllm.modules.circuit-breaker.consecutive-failures=1", "arcllm.modules.rate-limit.enabled=true",
					"arcllm.modules.bulkhead.enabled=true");
	}

	@Test
	void endpointShowsStacksGatesAndDecisionsAndNoSecrets() {
		fail();
		fail();
		runner().run((context) -> {
			ask(context.getBean(LlmProvider.class));
			String text = new JsonMapper().writeValueAsString(context.getBean(ArcllmEndpoint.class).overview());
			assertThat(text).doesNotContain(CANARY, "my words");
			JsonNode json = new JsonMapper().readTree(text);
			assertThat(json.at("/stack").asString())
				.isEqualTo("Fallback(CircuitBreaker(RateLimit(Bulkhead(Timeout(anthropic)))))");
			assertThat(json.at("/providers/anthropic/stack").valueStream().map(JsonNode::asString)).containsExactly(
					"fallback", "circuit-breaker", "rate-limit", "bulkhead", "timeout", "switch", "without-parameters",
					"contract");
			assertThat(json.at("/chain/1").asString()).isEqualTo("openai/gpt-x");
			assertThat(json.at("/providers/openai/type").asString()).isEqualTo("openai");
			assertThat(json.at("/providers/openai/key").asBoolean()).isTrue();
			assertThat(json.at("/gates/circuit-breaker/anthropic~1claude-x/0/state").asString()).isEqualTo("OPEN");
			assertThat(json.at("/gates/rate-limit/anthropic~1claude-x/0/requests").asInt()).isEqualTo(59);
			assertThat(json.at("/gates/bulkhead/openai~1gpt-x/0/running").asInt()).isZero();
			assertThat(json.at("/decisions").findValuesAsString("type")).contains("FALLBACK", "BREAKER");
		});
	}

	@Test
	void stackShowsTheHedgeInsideTheChain() {
		runner().withPropertyValues("arcllm.profile=resilient").run((context) -> {
			JsonNode json = new JsonMapper().valueToTree(context.getBean(ArcllmEndpoint.class).overview());
			assertThat(json.at("/providers/anthropic/stack").valueStream().map(JsonNode::asString))
				.startsWith("fallback", "hedge", "retry", "circuit-breaker");
		});
	}

	@Test
	void providersAndBreakersAreChangedByHand() {
		runner().run((context) -> {
			ArcllmEndpoint endpoint = context.getBean(ArcllmEndpoint.class);
			assertThat(endpoint.change("anthropic", Action.DISABLE, null).enabled()).isFalse();
			assertThat(endpoint.change("openai", Action.OPEN, "gpt-x").breakers()).isOne();
			assertThat(ask(context.getBean(LlmProvider.class))).isEqualTo("CIRCUIT_OPEN");
			assertThat(this.server.getRequestCount()).isZero();
			endpoint.change("anthropic", Action.ENABLE, null);
			fail();
			assertThat(ask(context.getBean(LlmProvider.class))).isEqualTo("SERVER_ERROR");
			assertThat(endpoint.change("openai", Action.RESET, null).breakers()).isOne();
			assertThatExceptionOfType(InvalidEndpointRequestException.class)
				.isThrownBy(() -> endpoint.change("nobody", Action.RESET, null));
		});
	}

	@Test
	void healthIsUpWhateverIsOpen() {
		runner().run((context) -> {
			HealthIndicator health = context.getBean(HealthIndicator.class);
			ArcllmEndpoint endpoint = context.getBean(ArcllmEndpoint.class);
			assertThat(health.health().getDetails()).containsEntry("status", "ready");
			endpoint.change("anthropic", Action.OPEN, null);
			assertThat(health.health().getDetails()).containsEntry("anthropic/claude-x", "open")
				.containsEntry("openai/gpt-x", "closed")
				.containsEntry("status", "degraded");
			endpoint.change("openai", Action.OPEN, null);
			assertThat(health.health().getStatus()).isEqualTo(Status.UP);
			assertThat(health.health().getDetails()).containsEntry("status", "chain-open");
		});
	}

	@Test
	void healthIsDownWhileTheChainIsOpenWhereThatIsConfigured() {
		runner()
			.withPropertyValues("management.health.arcllm.down-when=chain-open",
					"arcllm.modules.circuit-breaker.open-for=1s")
			.run((context) -> {
				HealthIndicator health = context.getBean(HealthIndicator.class);
				ArcllmEndpoint endpoint = context.getBean(ArcllmEndpoint.class);
				endpoint.change("anthropic", Action.OPEN, null);
				assertThat(health.health().getStatus()).isEqualTo(Status.UP);
				endpoint.change("openai", Action.OPEN, null);
				assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
				endpoint.change("anthropic", Action.CLOSE, null);
				assertThat(health.health().getStatus()).isEqualTo(Status.UP);
			});
		runner().withPropertyValues("management.health.arcllm.down-when=sometimes")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("Give one of never, chain-open."));
	}

	/** Each provider here is at the same host. */
	@Test
	void healthIsDownWhileTheHostOfTheChainCannotBeReached() {
		runner().withPropertyValues("management.health.arcllm.down-when=chain-open",
				"arcllm.modules.circuit-breaker.open-for=1s", "arcllm.providers.anthropic.base-url=http://127.0.0.1:1",
				"arcllm.providers.openai.base-url=http://127.0.0.1:1/v1")
			.run((context) -> {
				HealthIndicator health = context.getBean(HealthIndicator.class);
				assertThat(health.health().getStatus()).isEqualTo(Status.UP);
				assertThat(ask(context.getBean(LlmProvider.class))).isEqualTo("NETWORK");
				assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
				assertThat(health.health().getDetails()).containsEntry("status", "chain-open");
				// without a call: a probe would be admitted
				await().untilAsserted(() -> assertThat(health.health().getStatus()).isEqualTo(Status.UP));
			});
	}

	@Test
	void healthCountsWhatWasSwitchedOffByHand() {
		runner().withPropertyValues("management.health.arcllm.down-when=chain-open").run((context) -> {
			HealthIndicator health = context.getBean(HealthIndicator.class);
			ArcllmEndpoint endpoint = context.getBean(ArcllmEndpoint.class);
			endpoint.change("anthropic", Action.DISABLE, null);
			assertThat(health.health().getDetails()).containsEntry("status", "degraded");
			endpoint.change("openai", Action.DISABLE, null);
			assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
		});
	}

	@Test
	void writeThatChangesNothingIsRefusedWithAReason() {
		runner().run((context) -> {
			ArcllmWebExtension web = new ArcllmWebExtension(context.getBean(ArcllmEndpoint.class));
			assertRefused(web.change("nobody", "reset", null),
					"There is no provider 'nobody'; there are: anthropic, openai");
			assertRefused(web.change("openai", "break", null), "there are: disable, enable, open, close, reset");
			assertRefused(web.change("openai", "enable", null), "The provider 'openai' is enabled already");
			assertRefused(web.change("openai", "open", "nix"),
					"There is no circuit breaker of openai/nix: there are: ");
			assertRefused(web.act("nix", null, null, null), "There is no action 'nix' here");
			assertThat(web.change("openai", "disable", null).getStatus()).isEqualTo(200);
		});
		runner().withPropertyValues("arcllm.modules.circuit-breaker.enabled=false").run((context) -> {
			ArcllmWebExtension web = new ArcllmWebExtension(context.getBean(ArcllmEndpoint.class));
			assertRefused(web.change("openai", "open", null), "see arcllm.modules.circuit-breaker.enabled");
		});
	}

	@Test
	void breakerThatIsSoAlreadyIsNotChanged() {
		runner().run((context) -> {
			ArcllmWebExtension web = new ArcllmWebExtension(context.getBean(ArcllmEndpoint.class));
			assertRefused(web.change("openai", "close", null), "the circuit breaker of openai/gpt-x is closed");
			assertThat(web.change("openai", "open", null).getStatus()).isEqualTo(200);
			assertRefused(web.change("openai", "open", null), "the circuit breaker of openai/gpt-x is forced-open");
			assertThat(web.change("openai", "close", null).getStatus()).isEqualTo(200);
			assertRefused(web.act("close", null, null, host()), "is closed");
		});
	}

	@Test
	void breakerThatIsClosedByHandLeavesItsTargetAloneNoLonger() {
		this.server.enqueue(new MockResponse.Builder().code(429).addHeader("retry-after", "60").build());
		fail();
		runner().run((context) -> {
			ask(context.getBean(LlmProvider.class));
			ArcllmEndpoint endpoint = context.getBean(ArcllmEndpoint.class);
			assertThat(new JsonMapper().writeValueAsString(endpoint.overview().gates().get("circuit-breaker")))
				.contains("\"retryAfter\":\"PT");
			assertThat(endpoint.change("anthropic", Action.CLOSE, null).breakers()).isOne();
			this.server.enqueue(new MockResponse.Builder().code(400).build());
			assertThat(ask(context.getBean(LlmProvider.class))).isEqualTo("INVALID_REQUEST");
		});
	}

	private String host() {
		return "http://" + this.server.getHostName() + ":" + this.server.getPort();
	}

	/** As gates show it. */
	@Test
	void breakerOfAHostIsOpenedClosedAndResetByHand() {
		runner().run((context) -> {
			ArcllmWebExtension web = new ArcllmWebExtension(context.getBean(ArcllmEndpoint.class));
			assertThat(context.getBean(ArcllmEndpoint.class).overview().gates().get("circuit-breaker"))
				.containsKey(host());
			assertThat(web.act("open", null, null, host()).getBody()).isEqualTo(new Changed(host(), true, 1));
			assertThat(ask(context.getBean(LlmProvider.class))).isEqualTo("CIRCUIT_OPEN");
			assertThat(this.server.getRequestCount()).isZero();
			assertThat(web.change(host(), "close", null).getBody()).isEqualTo(new Changed(host(), true, 1));
			this.server.enqueue(new MockResponse.Builder().code(400).build());
			assertThat(ask(context.getBean(LlmProvider.class))).isEqualTo("INVALID_REQUEST");
			assertRefused(web.act("open", null, null, "http://elsewhere:1"), host());
			assertRefused(web.act("disable", null, null, host()), "its breaker is opened, closed or reset");
			assertRefused(web.act("nix", null, null, host()), "There is no action 'nix'");
		});
	}

	@Test
	void resetOfAProviderOpensTheWayThroughItsHostToo() {
		runner().run((context) -> {
			ArcllmEndpoint endpoint = context.getBean(ArcllmEndpoint.class);
			this.server.enqueue(new MockResponse.Builder().code(502).build());
			assertThat(ask(context.getBean(LlmProvider.class))).isEqualTo("SERVER_ERROR");
			assertThat(ask(context.getBean(LlmProvider.class))).isEqualTo("CIRCUIT_OPEN");
			assertThat(endpoint.change("anthropic", Action.RESET, null).breakers()).isEqualTo(2);
			this.server.enqueue(new MockResponse.Builder().code(400).build());
			assertThat(ask(context.getBean(LlmProvider.class))).isEqualTo("INVALID_REQUEST");
			assertThat(endpoint.change("anthropic", Action.RESET, null).breakers()).isEqualTo(1);
		});
	}

	private static void assertRefused(WebEndpointResponse<?> answer, String reason) {
		assertThat(answer.getStatus()).isEqualTo(400);
		assertThat(String.valueOf(answer.getBody())).contains(reason);
	}

	@Test
	void endpointAndHealthAreAbsentWhereTheyAreNotWanted() {
		runner().withPropertyValues("management.endpoints.web.exposure.include=info")
			.run((context) -> assertThat(context).doesNotHaveBean(ArcllmEndpoint.class));
		runner().withPropertyValues("management.health.arcllm.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
	}

	@Test
	void applicationsBeansNeedNoPrimaryOneToBeShown() {
		LlmProvider bean = LlmProvider.of("any", (request) -> LlmResponse.of("hi"));
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, ArcllmActuatorAutoConfiguration.class,
					EndpointAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("management.endpoints.web.exposure.include=arcllm")
			.withBean("mine", LlmProvider.class, () -> bean)
			.withBean("other", LlmProvider.class, () -> bean)
			.run((context) -> {
				assertThat(context.getBean(ArcllmEndpoint.class).overview().stack()).isNull();
				assertThat(context.getBean(ArcllmEndpoint.class).overview().providers()).containsKeys("mine", "other");
				assertThatExceptionOfType(LlmConfigException.class)
					.isThrownBy(() -> context.getBean(LlmProviders.class).primary())
					.withMessageContaining("several providers (mine, other)");
			});
	}

	@Test
	void librariesMayBeMissing() {
		runner().withClassLoader(new FilteredClassLoader(Endpoint.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ArcllmEndpoint.class));
		runner().withClassLoader(new FilteredClassLoader(HealthIndicator.class))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(ArcllmEndpoint.class));
		runner().withPropertyValues("arcllm.modules.circuit-breaker.enabled=false")
			.withClassLoader(new FilteredClassLoader(CircuitBreaker.class))
			.run((context) -> assertThat(context.getBean(ArcllmEndpoint.class).overview().gates())
				.doesNotContainKey("circuit-breaker"));
	}

	private void fail() {
		this.server.enqueue(new MockResponse.Builder().code(500).build());
	}

	private static String ask(LlmProvider provider) {
		try {
			return provider.invoke("my words").text();
		}
		catch (LlmException ex) {
			return ex.kind().name();
		}
	}

}
