package io.arcllm.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.arcllm.ErrorKind;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.PromptServers;
import io.arcllm.Target;
import io.arcllm.autoconfigure.actuator.CircuitBreakerStateChanged;
import io.arcllm.autoconfigure.actuator.Decisions;
import io.arcllm.autoconfigure.actuator.Decisions.Decision;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.autoconfigure.stack.ProviderSwitches;
import io.arcllm.module.bulkhead.Bulkhead;
import io.arcllm.module.circuitbreaker.Breaker;
import io.arcllm.module.circuitbreaker.BreakerState;
import io.arcllm.module.circuitbreaker.BreakerStatus;
import io.arcllm.module.circuitbreaker.CircuitBreakerCustomizer;
import io.arcllm.module.ratelimit.LimitUnit;
import io.arcllm.module.ratelimit.RateLimitCustomizer;
import io.arcllm.module.ratelimit.RedisServer;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Gates as an application has them.
 */
@ExtendWith(OutputCaptureExtension.class)
class GateAutoConfigurationTests {

	private static final String[] BREAKER = { "arcllm.modules.circuit-breaker.enabled=true",
			"arcllm.modules.circuit-breaker.consecutive-failures=2" };

	@StartStop
	final MockWebServer server = PromptServers.create();

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class,
							ArcllmCircuitBreakerAutoConfiguration.class, ArcllmRateLimitAutoConfiguration.class,
							WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("arcllm.providers.anthropic.base-url=" + this.server.url("/"),
					"arcllm.providers.anthropic.api-key=k", "arcllm.providers.anthropic.model=claude-x");
	}

	@Test
	void gatesStandAroundEachTarget() {
		runner()
			.withPropertyValues("arcllm.modules.circuit-breaker.enabled=true", "arcllm.modules.bulkhead.enabled=true",
					"arcllm.modules.rate-limit.enabled=true", "arcllm.modules.retry.enabled=true")
			.run((context) -> assertThat(context.getBean(LlmProvider.class))
				.hasToString("Retry(CircuitBreaker(RateLimit(Bulkhead(Timeout(anthropic)))))"));
	}

	@Test
	void bulkheadFindsItsSizeUpToTheConnectionsThereAre() {
		this.server.enqueue(new MockResponse.Builder().code(429).build());
		runner()
			.withPropertyValues("arcllm.modules.bulkhead.enabled=true", "arcllm.modules.bulkhead.max-concurrent=auto",
					"arcllm.providers.anthropic.http.max-connections=3")
			.run((context) -> {
				Bulkhead bulkhead = bulkhead(context);
				assertThat(bulkhead.status().maxConcurrent()).isEqualTo(3);
				assertThat(kindOf(context.getBean(LlmProvider.class))).isEqualTo(ErrorKind.RATE_LIMITED);
				assertThat(bulkhead.status().maxConcurrent()).isEqualTo(2);
			});
	}

	@Test
	void sizeThatIsToBeFoundNeedsItsLibrary() {
		runner().withClassLoader(new FilteredClassLoader("com.netflix"))
			.withPropertyValues("arcllm.modules.bulkhead.enabled=true", "arcllm.modules.bulkhead.max-concurrent=auto")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(LlmConfigException.class)
				.hasMessageContaining("arcllm.modules.bulkhead.max-concurrent is auto")
				.hasMessageContaining("com.netflix.concurrency-limits:concurrency-limits-core"));
		runner().withClassLoader(new FilteredClassLoader("com.netflix"))
			.withPropertyValues("arcllm.modules.bulkhead.enabled=true")
			.run((context) -> assertThat(bulkhead(context).status().maxConcurrent()).isEqualTo(5));
	}

	@ParameterizedTest
	@CsvSource({ "7, 7", "auto, 5", "AUTO, 5" })
	void sizeIsWrittenAsANumberOrAuto(String written, int calls) throws IOException {
		PropertySource<?> yaml = new YamlPropertySourceLoader()
			.load("file",
					new ByteArrayResource(("arcllm.modules.bulkhead: {enabled: true, max-concurrent: " + written + "}")
						.getBytes(StandardCharsets.UTF_8)))
			.get(0);
		runner().withInitializer((context) -> context.getEnvironment().getPropertySources().addFirst(yaml))
			.run((context) -> assertThat(bulkhead(context).status().maxConcurrent()).isEqualTo(calls));
	}

	private static Bulkhead bulkhead(ApplicationContext context) {
		return context.getBean("arcllmBulkhead", ModuleFactory.class).engines(Bulkhead.class).get(0);
	}

	@Test
	void allStacksOfATargetShareItsBreaker() {
		fail(2);
		runner().withPropertyValues(BREAKER).run((context) -> {
			LlmProviders providers = context.getBean(LlmProviders.class);
			assertThat(kindOf(providers.primary())).isEqualTo(ErrorKind.SERVER_ERROR);
			assertThat(kindOf(providers.load("anthropic", (o) -> o.deadline(Duration.ofSeconds(9)))))
				.isEqualTo(ErrorKind.SERVER_ERROR);
			assertThat(kindOf(providers.load("anthropic", (o) -> o.fallback(false)))).isEqualTo(ErrorKind.CIRCUIT_OPEN);
			assertThat(this.server.getRequestCount()).isEqualTo(2);
		});
	}

	@Test
	void openBreakerIsAnEventAndADecision() {
		fail(2);
		runner().withPropertyValues(BREAKER).withUserConfiguration(Listening.class).run((context) -> {
			kindOf(context.getBean(LlmProvider.class));
			kindOf(context.getBean(LlmProvider.class));
			assertThat(context.getBean(Listening.class).heard)
				.containsExactly(new CircuitBreakerStateChanged(Target.parse("anthropic/claude-x"), BreakerState.CLOSED,
						BreakerState.OPEN, Duration.ofSeconds(60)));
			assertThat(context.getBean(Decisions.class).recent()).extracting(Decision::type, Decision::detail)
				.containsExactly(tuple(Decision.Type.BREAKER, "closed -> open for 60000 ms"));
		});
	}

	@Test
	void modelThatACallerMakesUpHasNoLogLineOfItsOwn(CapturedOutput output) {
		fail(2);
		runner().withPropertyValues(BREAKER).run((context) -> {
			LlmProvider madeUp = context.getBean(LlmProviders.class).load("anthropic/made-up");
			kindOf(madeUp);
			kindOf(madeUp);
			assertThat(kindOf(madeUp)).isEqualTo(ErrorKind.CIRCUIT_OPEN);
		});
		assertThat(output.toString()).doesNotContain(
				"WARN io.arcllm.autoconfigure.actuator.BreakerAnnouncer -- The circuit breaker of anthropic/made-up");
	}

	@Test
	void customizerHasTheLastWord() {
		fail(1);
		runner().withPropertyValues("arcllm.modules.circuit-breaker.enabled=true")
			.withUserConfiguration(Strict.class)
			.run((context) -> {
				assertThat(kindOf(context.getBean(LlmProvider.class))).isEqualTo(ErrorKind.SERVER_ERROR);
				assertThat(kindOf(context.getBean(LlmProvider.class))).isEqualTo(ErrorKind.CIRCUIT_OPEN);
			});
	}

	@Test
	void breakerThatOnlyCountsRefusesNobodyUntilItIsReset() {
		fail(6);
		runner().withPropertyValues(BREAKER).withUserConfiguration(CountOnly.class).run((context) -> {
			LlmProvider provider = context.getBean(LlmProvider.class);
			for (int i = 0; i < 4; i++) {
				assertThat(kindOf(provider)).isEqualTo(ErrorKind.SERVER_ERROR);
			}
			Breaker breaker = context.getBean("arcllmCircuitBreaker", ModuleFactory.class)
				.engines(Breaker.class)
				.stream()
				.filter((one) -> one.target().provider().equals("anthropic"))
				.findFirst()
				.orElseThrow();
			assertThat(breaker.status()).returns(BreakerState.METRICS_ONLY, BreakerStatus::state)
				.returns(4, BreakerStatus::failures);
			breaker.reset();
			assertThat(kindOf(provider)).isEqualTo(ErrorKind.SERVER_ERROR);
			assertThat(kindOf(provider)).isEqualTo(ErrorKind.SERVER_ERROR);
			assertThat(kindOf(provider)).isEqualTo(ErrorKind.CIRCUIT_OPEN);
		});
	}

	@Test
	void customizerAddsALimitThatSettingsCannotSay() {
		fail(2);
		runner().withPropertyValues("arcllm.modules.rate-limit.enabled=true", "arcllm.modules.rate-limit.max-wait=1m")
			.withUserConfiguration(TwoADay.class)
			.run((context) -> {
				LlmProvider provider = context.getBean(LlmProvider.class);
				assertThat(kindOf(provider)).isEqualTo(ErrorKind.SERVER_ERROR);
				assertThat(kindOf(provider)).isEqualTo(ErrorKind.SERVER_ERROR);
				assertThatExceptionOfType(LlmException.class).isThrownBy(() -> provider.invoke("Hi"))
					.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(ErrorKind.THROTTLED))
					.satisfies(
							(ex) -> assertThat(ex.retryAfter()).isBetween(Duration.ofHours(11), Duration.ofHours(12)));
				assertThat(context.getBean(TwoADay.class).asked)
					.containsExactly("anthropic/claude-x " + LimitUnit.REQUESTS);
			});
	}

	@Test
	void breakerWithoutItsLibraryNamesTheDependency() {
		runner().withClassLoader(new FilteredClassLoader(CircuitBreaker.class))
			.withPropertyValues("arcllm.modules.circuit-breaker.enabled=true")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(LlmConfigException.class)
				.hasMessageContaining("add the dependency io.github.resilience4j:resilience4j-circuitbreaker"));
	}

	@Test
	void libraryOfAModuleThatIsOffMayBeMissing() {
		runner().withClassLoader(new FilteredClassLoader(CircuitBreaker.class)).run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean("arcllmCircuitBreaker");
			LlmProviders providers = context.getBean(LlmProviders.class);
			assertThatExceptionOfType(LlmConfigException.class)
				.isThrownBy(() -> providers.load("anthropic", (o) -> o.module("circuit-breaker", true)))
				.withMessageContaining("resilience4j-circuitbreaker");
		});
	}

	@Test
	void rateLimitWithoutItsLibraryNamesTheDependency() {
		runner().withClassLoader(new FilteredClassLoader(Bucket.class))
			.withPropertyValues("arcllm.modules.rate-limit.enabled=true")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(LlmConfigException.class)
				.hasMessageContaining("add the dependency com.bucket4j:bucket4j_jdk17-core"));
	}

	@Test
	void sharedRateLimitWithoutRedisNamesTheDependencies() {
		runner().withPropertyValues("arcllm.modules.rate-limit.enabled=true", "arcllm.modules.rate-limit.store=redis")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(LlmConfigException.class)
				.hasMessageContaining("spring-boot-starter-data-redis"));
	}

	@Test
	void twoContextsShareALimitInRedis() throws Exception {
		fail(12);
		try (RedisServer redis = RedisServer.start()) {
			ApplicationContextRunner replica = runner()
				.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
				.withPropertyValues("spring.data.redis.port=" + redis.port(), "arcllm.modules.rate-limit.enabled=true",
						"arcllm.modules.rate-limit.store=redis", "arcllm.modules.rate-limit.requests-per-minute=1",
						"arcllm.modules.rate-limit.burst=3", "arcllm.modules.rate-limit.max-wait=2s",
						"arcllm.modules.rate-limit.on-store-failure=closed");
			replica.run((one) -> replica.run((other) -> {
				for (int i = 0; i < 4; i++) {
					kindOf(one.getBean(LlmProvider.class));
					kindOf(other.getBean(LlmProvider.class));
				}
				assertThat(kindOf(one.getBean(LlmProvider.class))).isEqualTo(ErrorKind.THROTTLED);
				assertThat(kindOf(other.getBean(LlmProvider.class))).isEqualTo(ErrorKind.THROTTLED);
				assertThat(this.server.getRequestCount()).isBetween(1, 3);
			}));
		}
	}

	@Test
	void moduleWithoutAPlaceInTheOrderCannotBeSwitchedOn() {
		runner().withPropertyValues("arcllm.modules.order=retry,fallback,timeout").run((context) -> {
			LlmProviders providers = context.getBean(LlmProviders.class);
			assertThatExceptionOfType(LlmConfigException.class)
				.isThrownBy(() -> providers.load("anthropic", (o) -> o.module("bulkhead", true)))
				.withMessageContaining("'bulkhead' is on for anthropic, but it is not in arcllm.modules.order");
		});
	}

	@Test
	void disabledProviderIsRefusedUntilItIsEnabled() {
		this.server.enqueue(new MockResponse.Builder().code(500).build());
		runner().run((context) -> {
			ProviderSwitches switches = context.getBean(ProviderSwitches.class);
			switches.disable("anthropic");
			assertThat(kindOf(context.getBean(LlmProvider.class))).isEqualTo(ErrorKind.CIRCUIT_OPEN);
			assertThat(this.server.getRequestCount()).isZero();
			switches.enable("anthropic");
			assertThat(kindOf(context.getBean(LlmProvider.class))).isEqualTo(ErrorKind.SERVER_ERROR);
		});
	}

	private void fail(int times) {
		for (int i = 0; i < times; i++) {
			this.server.enqueue(new MockResponse.Builder().code(500).build());
		}
	}

	private static ErrorKind kindOf(LlmProvider provider) {
		try {
			provider.invoke("Hi");
			throw new AssertionError("answered");
		}
		catch (LlmException ex) {
			return ex.kind();
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Listening {

		final List<CircuitBreakerStateChanged> heard = new CopyOnWriteArrayList<>();

		@EventListener
		void changed(CircuitBreakerStateChanged event) {
			this.heard.add(event);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Strict {

		@Bean
		CircuitBreakerCustomizer oneFailureIsEnough() {
			return (target, config) -> config.minimumNumberOfCalls(1);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CountOnly {

		@Bean
		CircuitBreakerCustomizer countOnly() {
			return (target, config) -> config.initialState(CircuitBreaker.State.METRICS_ONLY);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoADay {

		final List<String> asked = new CopyOnWriteArrayList<>();

		@Bean
		RateLimitCustomizer twoADay() {
			return (target, measure, bucket) -> {
				this.asked.add(target + " " + measure);
				bucket.addLimit(Bandwidth.builder().capacity(2).refillGreedy(2, Duration.ofDays(1)).build());
			};
		}

	}

}
