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

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmResponse;
import io.arcllm.autoconfigure.actuator.EndpointAction;
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
	void noCallFailsWhileTheConfigurationChanges() {
		assertNoCallFails(100, 5);
	}

	@Test
	@Tag("proof")
	void noneOfTenThousandCallsFailsWhileTheConfigurationChangesAHundredTimes() {
		assertNoCallFails(10_000, 100);
	}

	private void assertNoCallFails(int calls, int changes) {
		runner().withBean("own", LlmProvider.class, () -> LlmProvider.of("own", (request) -> LlmResponse.of("hello")))
			.withPropertyValues("arcllm.provider=own")
			.run((context) -> {
				LlmProvider provider = context.getBean("ownLlmProvider", LlmProvider.class);
				ExecutorService pool = Executors.newFixedThreadPool(4);
				List<Future<LlmResponse>> answers = new ArrayList<>();
				for (int i = 0; i < calls; i++) {
					answers.add(pool.submit(() -> provider.invoke("hi")));
				}
				for (int i = 0; i < changes; i++) {
					set(context, "arcllm.modules.retry.enabled", String.valueOf(i % 2 == 0));
					assertThat(reload(context)).containsEntry("changed", true);
				}
				for (Future<LlmResponse> answer : answers) {
					assertThat(answer.get(20, TimeUnit.SECONDS).text()).isEqualTo("hello");
				}
				pool.shutdown();
			});
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
