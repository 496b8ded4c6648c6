package io.arcllm.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import io.arcllm.LlmRequest;
import io.arcllm.Parameter;
import io.arcllm.Target;
import io.arcllm.autoconfigure.stack.Targets;
import io.arcllm.module.bulkhead.Bulkhead;
import io.arcllm.module.ratelimit.RateLimiter;
import io.arcllm.provider.key.KeyPool;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.Disposable;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmResponse;
import io.arcllm.autoconfigure.actuator.EndpointAction;
import io.arcllm.autoconfigure.stack.LlmWebClientCustomizer;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.module.circuitbreaker.Breaker;
import io.arcllm.module.circuitbreaker.BreakerState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * The configuration is read again while calls are made: what is injected goes through the
 * new stacks, and engines forget nothing.
 */
@ExtendWith(OutputCaptureExtension.class)
class RefreshTests {

	@AutoClose
	private final Vendors vendors = new Vendors();

	@TempDir
	Path directory;

	@Test
	void injectedProviderGoesThroughTheNewStack() {
		runner().run((context) -> {
			LlmProvider provider = context.getBean(LlmProvider.class);
			assertThat(provider).hasToString("Timeout(first)");
			set(context, "arcllm.modules.retry.enabled", "true");
			context.publishEvent(new EnvironmentChangeEvent(this));
			assertThat(provider).hasToString("Retry(Timeout(first))");
		});
	}

	/** Customizers run without a lock, so one may still run for the old adapter. */
	@Test
	void adapterThatIsMadeMeanwhileIsNotUsedAfterwards() {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		AtomicBoolean slow = new AtomicBoolean(true);
		LlmWebClientCustomizer customizer = (provider, builder) -> {
			if (provider.equals("second") && slow.getAndSet(false)) {
				begun.countDown();
				await(goOn);
			}
		};
		runner().withBean(LlmWebClientCustomizer.class, () -> customizer).run((context) -> {
			LlmProviders providers = context.getBean(LlmProviders.class);
			for (int i = 0; i < 2; i++) {
				this.vendors.first.enqueue(Vendors.says("new", false));
				this.vendors.second.enqueue(Vendors.says("old", false));
			}
			CompletableFuture<LlmResponse> old = CompletableFuture
				.supplyAsync(() -> Vendors.ask(providers.load("second"), false));
			await(begun);
			set(context, "arcllm.providers.second.base-url", this.vendors.first.url("/v1").toString());
			assertThat(reload(context)).containsEntry("changed", true);
			goOn.countDown();
			old.get(20, TimeUnit.SECONDS);
			assertThat(Vendors.ask(providers.load("second"), false).text()).isEqualTo("new");
		});
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void breakerForgetsNothing() {
		runner().withConfiguration(AutoConfigurations.of(ArcllmCircuitBreakerAutoConfiguration.class))
			.withPropertyValues("arcllm.modules.circuit-breaker.enabled=true",
					"arcllm.modules.circuit-breaker.consecutive-failures=1")
			.run((context) -> {
				this.vendors.first.enqueue(Vendors.fails("500"));
				LlmProvider provider = context.getBean(LlmProvider.class);
				assertThat(failure(provider).kind()).isEqualTo(ErrorKind.SERVER_ERROR);
				set(context, "arcllm.modules.fallback.enabled", "true");
				set(context, "arcllm.modules.fallback.chain", "second");
				assertThat(reload(context)).containsEntry("changed", true);
				assertThat(context.getBean("arcllmCircuitBreaker", ModuleFactory.class).engines(Breaker.class))
					.anyMatch((breaker) -> breaker.status().state() == BreakerState.OPEN);
				this.vendors.second.enqueue(Vendors.says("hello", false));
				LlmResponse answer = Vendors.ask(provider, false);
				assertThat(answer.provider()).isEqualTo("second");
				assertThat(this.vendors.first.getRequestCount()).isOne();
			});
	}

	@Test
	void breakerForgetsNothingWhereItsOwnSettingsChange() {
		gates()
			.withPropertyValues("arcllm.modules.circuit-breaker.enabled=true",
					"arcllm.modules.circuit-breaker.consecutive-failures=2")
			.run((context) -> {
				LlmProvider provider = context.getBean(LlmProvider.class);
				this.vendors.first.enqueue(Vendors.fails("500"));
				failure(provider);
				set(context, "arcllm.modules.circuit-breaker.window-size", "30");
				assertThat(reload(context)).containsEntry("changed", true);
				this.vendors.first.enqueue(Vendors.fails("500"));
				failure(provider);
				assertThat(failure(provider).kind()).isEqualTo(ErrorKind.CIRCUIT_OPEN);
				set(context, "arcllm.modules.circuit-breaker.open-for", "90s");
				reload(context);
				set(context, "arcllm.providers.first.modules.circuit-breaker.failure-rate", "90%");
				reload(context);
				assertThat(failure(provider).kind()).isEqualTo(ErrorKind.CIRCUIT_OPEN);
				assertThat(this.vendors.first.getRequestCount()).isEqualTo(2);
				assertThat(engines(context, "arcllmCircuitBreaker", Breaker.class)).filteredOn(
						(breaker) -> "first".equals(breaker.target().provider()) && breaker.target().model() != null)
					.singleElement()
					.returns("90%", (breaker) -> breaker.settings().failureRate().toString());
			});
	}

	@Test
	void bucketKeepsItsLevelInProportion() {
		gates()
			.withPropertyValues("arcllm.modules.rate-limit.enabled=true",
					"arcllm.modules.rate-limit.requests-per-minute=2", "arcllm.modules.rate-limit.max-wait=0s")
			.run((context) -> {
				LlmProvider provider = context.getBean(LlmProvider.class);
				this.vendors.first.enqueue(Vendors.says("hello", false));
				Vendors.ask(provider, false);
				set(context, "arcllm.modules.rate-limit.requests-per-minute", "4");
				reload(context);
				this.vendors.first.enqueue(Vendors.says("hello", false));
				Vendors.ask(provider, false);
				this.vendors.first.enqueue(Vendors.says("hello", false));
				Vendors.ask(provider, false);
				assertThat(failure(provider).kind()).isEqualTo(ErrorKind.THROTTLED);
				set(context, "arcllm.modules.rate-limit.max-wait", "1s");
				reload(context);
				assertThat(failure(provider).kind()).isEqualTo(ErrorKind.THROTTLED);
				set(context, "arcllm.modules.rate-limit.enabled", "false");
				reload(context);
				set(context, "arcllm.modules.rate-limit.enabled", "true");
				reload(context);
				assertThat(failure(provider).kind()).isEqualTo(ErrorKind.THROTTLED);
			});
	}

	@Test
	void callsUnderWayKeepTheirPlacesInABulkhead() {
		gates()
			.withPropertyValues("arcllm.modules.bulkhead.enabled=true", "arcllm.modules.bulkhead.max-concurrent=1",
					"arcllm.modules.bulkhead.max-queue=0")
			.run((context) -> {
				LlmProvider provider = context.getBean(LlmProvider.class);
				this.vendors.first.enqueue(Vendors.fails("silence"));
				Disposable call = provider.exchange(LlmRequest.of("hi")).onErrorComplete().subscribe();
				this.vendors.first.takeRequest();
				set(context, "arcllm.modules.bulkhead.queue-timeout", "9s");
				reload(context);
				assertThat(failure(provider).kind()).isEqualTo(ErrorKind.BULKHEAD_FULL);
				set(context, "arcllm.modules.bulkhead.max-concurrent", "2");
				reload(context);
				this.vendors.first.enqueue(Vendors.says("hello", false));
				assertThat(Vendors.ask(provider, false).text()).isEqualTo("hello");
				call.dispose();
			});
	}

	@Test
	void stateOfAKeyThatStaysIsKept() {
		runner().withPropertyValues("arcllm.providers.first.api-keys=one,two", "arcllm.providers.first.api-key=")
			.run((context) -> {
				LlmProvider provider = context.getBean(LlmProvider.class);
				this.vendors.first.enqueue(Vendors.fails("401"));
				this.vendors.first.enqueue(Vendors.says("hello", false));
				Vendors.ask(provider, false);
				set(context, "arcllm.providers.first.api-keys", "one,three");
				reload(context);
				assertThat(context.getBean(Targets.class).keyStates("first")).containsExactly(KeyPool.State.OUT,
						KeyPool.State.READY);
				set(context, "arcllm.providers.first.keys.retry-after", "1h");
				reload(context);
				assertThat(context.getBean(Targets.class).keyStates("first")).containsExactly(KeyPool.State.OUT,
						KeyPool.State.READY);
			});
	}

	@Test
	void learntRefusalsAreKept() {
		runner().run((context) -> {
			Target target = Target.parse("first/m0");
			context.getBean(Targets.class).refusedParameters().learn(target, Parameter.TEMPERATURE);
			set(context, "arcllm.providers.first.http.max-idle-time", "9s");
			reload(context);
			assertThat(context.getBean(Targets.class).refusedParameters().of(target))
				.containsExactly(Parameter.TEMPERATURE);
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"arcllm.modules.redaction.enabled=true;arcllm.modules.redaction.patterns[0].name=x;arcllm.modules.redaction.patterns[0].regex=( | arcllm.modules.redaction.patterns",
			"arcllm.modules.cache.enabled=true;arcllm.modules.cache.store=spring | arcllm.modules.cache.store",
			"arcllm.providers.first.http.ssl-bundle=nix | arcllm.providers.first.http.ssl-bundle",
			"arcllm.modules.fallback.enabled=true;arcllm.modules.fallback.chain=nix | arcllm.modules.fallback.chain",
			"arcllm.models.fast=nix/x | arcllm.models.fast", "arcllm.provider=nix | arcllm.provider",
			"arcllm.modules.order=retry,nix | arcllm.modules.order",
			"arcllm.modules.budget.enabled=true;arcllm.modules.budget.limits[0].amount=5 | arcllm.providers.first.models",
			"arcllm.modules.rate-limit.enabled=true;arcllm.modules.rate-limit.store=redis | arcllm.modules.rate-limit.store",
			"arcllm.providers.fourth.type=spring-ai;arcllm.providers.fourth.bean=nix | arcllm.providers.fourth",
			"arcllm.deadline=7 | arcllm.deadline" })
	void mistakesOfAllKindsChangeNothing(String properties, String key) {
		gates()
			.withConfiguration(AutoConfigurations.of(ArcllmRedactionAutoConfiguration.class,
					ArcllmCacheAutoConfiguration.class, ArcllmBudgetAutoConfiguration.class))
			.run((context) -> {
				for (String property : properties.split(";")) {
					set(context, property.substring(0, property.indexOf('=')),
							property.substring(property.indexOf('=') + 1));
				}
				set(context, "arcllm.modules.retry.enabled", "true");
				assertThatExceptionOfType(InvalidEndpointRequestException.class).isThrownBy(() -> reload(context))
					.withMessageContaining(key);
				assertThat(context.getBean(LlmProvider.class)).hasToString("Timeout(first)");
				this.vendors.first.enqueue(Vendors.says("hello", false));
				assertThat(Vendors.ask(context.getBean(LlmProvider.class), false).text()).isEqualTo("hello");
			});
	}

	@Test
	void whatNeedsARestartIsNamed() {
		runner().run((context) -> {
			set(context, "arcllm.warm-up", "none");
			set(context, "arcllm.modules.telemetry.tenants", "acme");
			set(context, "arcllm.provider", "second");
			set(context, "arcllm.providers.third.model", "newer");
			assertThat(reload(context).get("restart")).asInstanceOf(InstanceOfAssertFactories.list(String.class))
				.anyMatch((one) -> one.contains("arcllm.provider"))
				.anyMatch((one) -> one.contains("arcllm.warm-up"))
				.anyMatch((one) -> one.contains("arcllm.modules.telemetry.tenants"))
				.anyMatch((one) -> one.contains("new models"))
				.hasSize(4);
		});
	}

	@Test
	void tagsOfANewModelOfAChainNeedARestart() {
		runner().run((context) -> {
			set(context, "arcllm.modules.fallback.enabled", "true");
			set(context, "arcllm.modules.fallback.chain", "second/newer");
			assertThat(reload(context).get("restart")).asInstanceOf(InstanceOfAssertFactories.list(String.class))
				.singleElement()
				.asString()
				.contains("new models");
		});
	}

	@Test
	void warningsOfANewConfigurationAreLogged(CapturedOutput output) {
		runner().run((context) -> {
			set(context, "arcllm.modules.fallback.enabled", "true");
			reload(context);
		});
		assertThat(output).contains("arcllm.modules.fallback.enabled is true, but there is no other target");
	}

	@Test
	void warningsAreMistakesWhereTheLinterMakesThemSo() {
		runner().withPropertyValues("arcllm.lint=fail", "arcllm.modules.retry.enabled=true").run((context) -> {
			LlmProvider provider = context.getBean(LlmProvider.class);
			set(context, "arcllm.modules.fallback.enabled", "true");
			assertThatExceptionOfType(InvalidEndpointRequestException.class).isThrownBy(() -> reload(context))
				.withMessageContaining("arcllm.modules.fallback.enabled is true, but there is no other target");
			assertThat(provider).hasToString("Retry(Timeout(first))");
			set(context, "arcllm.modules.fallback.chain", "second");
			assertThat(reload(context)).containsEntry("changed", true);
			assertThat(provider).hasToString("Retry(Fallback(Timeout(first)))");
		});
	}

	@Test
	void namesOfModelsAreReadAgain() {
		runner().run((context) -> {
			set(context, "arcllm.models.fast", "second");
			reload(context);
			this.vendors.second.enqueue(Vendors.says("hello", false));
			assertThat(context.getBean(LlmProviders.class).load("fast").invoke("hi").provider()).isEqualTo("second");
		});
	}

	@Test
	void modelAndKeyOfAProviderAreChanged() {
		runner().run((context) -> {
			LlmProvider provider = context.getBean(LlmProvider.class);
			set(context, "arcllm.providers.first.model", "newer");
			set(context, "arcllm.providers.first.api-key", "another");
			assertThat(reload(context)).containsEntry("changed", true);
			this.vendors.first.enqueue(Vendors.says("hello", false));
			Vendors.ask(provider, false);
			var request = this.vendors.first.takeRequest();
			assertThat(request.getHeaders().get("authorization")).isEqualTo("Bearer another");
			assertThat(request.getBody().utf8()).contains("\"newer\"");
		});
	}

	@Test
	void mistakeChangesNothingAndIsShown() {
		runner().run((context) -> {
			set(context, "arcllm.modules.retry.enabled", "true");
			set(context, "arcllm.modules.retry.max-retry", "7");
			assertThatExceptionOfType(InvalidEndpointRequestException.class).isThrownBy(() -> reload(context))
				.withMessageContaining("arcllm.modules.retry.max-retries");
			context.publishEvent(new EnvironmentChangeEvent(this));
			assertThat(context.getBean(LlmProvider.class)).hasToString("Timeout(first)");
		});
	}

	@Test
	void nothingChangedIsSaidSo() {
		runner().run((context) -> assertThat(reload(context)).containsEntry("changed", false));
	}

	@Test
	void newProviderCanBeLoadedAndItsBeanNeedsARestart() {
		runner().run((context) -> {
			set(context, "arcllm.providers.ollama.model", "llama");
			assertThat(String.valueOf(reload(context).get("restart"))).contains("the bean of the provider 'ollama'");
			assertThat(context.getBean(LlmProviders.class).load("ollama")).hasToString("Timeout(ollama)");
		});
	}

	@Test
	void filesAreReadAgain() throws Exception {
		Path file = this.directory.resolve("application.properties");
		Files.writeString(file, "arcllm.provider=ollama\narcllm.providers.ollama.model=one\n");
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run("--spring.config.location=" + file.toUri(), "--arcllm.max-attempts=3")) {
			Files.writeString(file,
					"arcllm.provider=ollama\narcllm.providers.ollama.model=two\narcllm.modules.retry.enabled=true\n");
			assertThat(reload(context)).containsEntry("changed", true);
			assertThat(context.getBean(LlmProvider.class)).hasToString("Retry(Timeout(ollama))");
			assertThat(context.getBean(LlmProviders.class).targets().toString()).contains("ollama/two");
			assertThat(context.getEnvironment().getProperty("arcllm.providers.ollama.model")).isEqualTo("two");
			assertThat(reload(context)).containsEntry("changed", false);
		}
	}

	@Test
	void importsAndFilesThatAreGoneAreReadAgain() throws Exception {
		Path file = this.directory.resolve("application.properties");
		Path imported = this.directory.resolve("more.properties");
		Path other = this.directory.resolve("other.properties");
		String provider = "arcllm.provider=ollama\narcllm.providers.ollama.model=one\n";
		String imports = "spring.config.import=optional:" + imported.toUri();
		Files.writeString(file, provider + imports);
		Files.writeString(imported, "arcllm.providers.ollama.model=two\narcllm.modules.retry.enabled=true\n");
		Files.writeString(other, "arcllm.providers.ollama.model=three\n");
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run("--spring.config.location=" + file.toUri())) {
			assertThat(models(context)).contains("ollama/two");
			Files.writeString(file, provider + imports + ",optional:" + other.toUri());
			assertThat(reload(context)).containsEntry("changed", true);
			assertThat(models(context)).contains("ollama/three");
			assertThat(context.getBean(LlmProvider.class)).hasToString("Retry(Timeout(ollama))");
			Files.delete(imported);
			assertThat(reload(context)).containsEntry("changed", true);
			assertThat(context.getBean(LlmProvider.class)).hasToString("Timeout(ollama)");
			Files.delete(other);
			assertThat(reload(context)).containsEntry("changed", true);
			assertThat(models(context)).contains("ollama/one");
			assertThat(reload(context)).containsEntry("changed", false);
			Files.delete(file);
			assertThatExceptionOfType(InvalidEndpointRequestException.class).isThrownBy(() -> reload(context))
				.withMessageContaining("stays as it was")
				.withMessageContaining("application.properties");
			assertThat(models(context)).contains("ollama/one");
		}
	}

	private static String models(ApplicationContext context) {
		return context.getBean(LlmProviders.class).targets().toString();
	}

	@Test
	void callsOfAProviderThatIsGoneAreAnsweredAndItsBeanIsNamed() throws Exception {
		Path file = this.directory.resolve("application.properties");
		String two = "arcllm.provider=ollama\narcllm.providers.ollama.model=one\n";
		String vendor = "arcllm.providers.gone.type=openai\narcllm.providers.gone.model=m\narcllm.providers.gone.api-key=k\n"
				+ "arcllm.providers.gone.base-url=" + this.vendors.first.url("/v1") + "\n";
		Files.writeString(file, two + vendor);
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run("--spring.config.location=" + file.toUri())) {
			LlmProvider gone = context.getBean("goneLlmProvider", LlmProvider.class);
			this.vendors.first.enqueue(Vendors.says("hello", false));
			gone.invoke("hi");
			Files.writeString(file, two);
			assertThat(String.valueOf(reload(context).get("restart"))).contains("'gone'");
			assertThat(context.getBean(LlmProviders.class).names()).doesNotContain("gone");
			Files.writeString(file, two + vendor);
			reload(context);
			this.vendors.first.enqueue(Vendors.says("again", false));
			assertThat(gone.invoke("hi").text()).isEqualTo("again");
		}
	}

	@Test
	void noCallFailsWhileTheConfigurationChanges() {
		assertNoCallFails(200, 8);
	}

	@Test
	@Tag("proof")
	void noneOfTenThousandCallsFailsWhileTheConfigurationChangesAHundredTimes() {
		assertNoCallFails(10_000, 100);
	}

	/** What changes, in turn: modules, and the settings of what remembers. */
	private static final String[][] CHANGES = { { "arcllm.modules.retry.enabled", "true", "false" },
			{ "arcllm.modules.circuit-breaker.window-size", "30", "40" },
			{ "arcllm.modules.rate-limit.burst", "30000", "20000" },
			{ "arcllm.modules.bulkhead.max-concurrent", "3", "auto" }, { "arcllm.modules.hedge.max-ratio", "7%", "8%" },
			{ "arcllm.providers.second.model", "m8", "m9" }, { "arcllm.deadline", "9m", "8m" },
			{ "arcllm.modules.circuit-breaker.open-for", "61s", "62s" } };

	private void assertNoCallFails(int calls, int changes) {
		gates().withBean("own", LlmProvider.class, () -> LlmProvider.of("own", (request) -> LlmResponse.of("hello")))
			.withPropertyValues("arcllm.provider=own", "arcllm.modules.circuit-breaker.enabled=true",
					"arcllm.modules.circuit-breaker.consecutive-failures=1", "arcllm.modules.rate-limit.enabled=true",
					"arcllm.modules.rate-limit.burst=20000", "arcllm.modules.bulkhead.enabled=true")
			.run((context) -> {
				this.vendors.first.enqueue(Vendors.fails("500"));
				failure(context.getBean("firstLlmProvider", LlmProvider.class));
				LlmProvider provider = context.getBean("ownLlmProvider", LlmProvider.class);
				ExecutorService pool = Executors.newFixedThreadPool(4);
				List<Future<LlmResponse>> answers = new ArrayList<>();
				for (int i = 0; i < calls; i++) {
					answers.add(pool.submit(() -> provider.invoke("hi")));
				}
				for (int i = 0; i < changes; i++) {
					String[] change = CHANGES[i % CHANGES.length];
					set(context, change[0], change[1 + (i / CHANGES.length) % 2]);
					assertThat(reload(context)).containsEntry("changed", true);
				}
				for (Future<LlmResponse> answer : answers) {
					assertThat(answer.get(20, TimeUnit.SECONDS).text()).isEqualTo("hello");
				}
				pool.shutdown();
				assertThat(failure(context.getBean("firstLlmProvider", LlmProvider.class)).kind())
					.isEqualTo(ErrorKind.CIRCUIT_OPEN);
				assertThat(engines(context, "arcllmBulkhead", Bulkhead.class))
					.allMatch((bulkhead) -> bulkhead.status().running() == 0);
				assertThat(engines(context, "arcllmRateLimit", RateLimiter.class))
					.filteredOn((limiter) -> limiter.target().provider().equals("own"))
					.singleElement()
					.satisfies((limiter) -> assertThat(limiter.status().admitted()).isEqualTo(calls))
					.satisfies((limiter) -> assertThat(limiter.status().requests()).isLessThan(30_000 - calls / 2));
			});
	}

	private static <T> List<T> engines(ApplicationContext context, String bean, Class<T> type) {
		return context.getBean(bean, ModuleFactory.class).engines(type);
	}

	private ApplicationContextRunner gates() {
		return runner().withConfiguration(AutoConfigurations.of(ArcllmCircuitBreakerAutoConfiguration.class,
				ArcllmRateLimitAutoConfiguration.class));
	}

	private ApplicationContextRunner runner() {
		return this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(ArcllmRefreshAutoConfiguration.class))
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("changes", new java.util.concurrent.ConcurrentHashMap<>())));
	}

	private static void set(ApplicationContext context, String key, String value) {
		((MapPropertySource) ((ConfigurableEnvironment) context.getEnvironment()).getPropertySources().get("changes"))
			.getSource()
			.put(key, value);
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> reload(ApplicationContext context) {
		return (Map<String, Object>) context.getBean("arcllmReload", EndpointAction.class)
			.run(new EndpointAction.Parameters(null, null));
	}

	private static LlmException failure(LlmProvider provider) {
		return catchThrowableOfType(LlmException.class, () -> Vendors.ask(provider, false));
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class,
			ArcllmRefreshAutoConfiguration.class })
	static class Application {

	}

}
