package io.arcllm.autoconfigure.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;

import io.arcllm.LlmConfigException;
import io.arcllm.autoconfigure.ArcllmPropertiesAutoConfiguration;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

class ArcllmPropertiesTests {

	private static final String CANARY = "sk-canary-0123456789";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class))
		.withUserConfiguration(WithProcessor.class);

	@Test
	void defaultsHoldWhereNothingIsConfigured() {
		this.runner.run((context) -> {
			ArcllmProperties properties = context.getBean(ArcllmProperties.class);
			assertThat(properties.provider()).isNull();
			assertThat(properties.maxAttempts()).isEqualTo(10);
			assertThat(properties.deadline()).isEqualTo(Duration.ofMinutes(10));
			assertThat(properties.providers()).isEmpty();
			assertThat(properties.modules().order()).startsWith("telemetry", "redaction")
				.endsWith("timeout")
				.hasSize(11);
		});
	}

	@Test
	void providerNeedsNothingButAModel() {
		this.runner.withPropertyValues("arcllm.providers.groq.model=llama-3.3-70b-versatile").run((context) -> {
			ProviderProperties groq = context.getBean(ArcllmProperties.class).providers().get("groq");
			assertThat(groq.model()).isEqualTo("llama-3.3-70b-versatile");
			assertThat(groq.apiKeys()).isEmpty();
			assertThat(groq.http().connectTimeout()).isEqualTo(Duration.ofSeconds(10));
			assertThat(groq.http().maxResponseSize()).isEqualTo(DataSize.ofMegabytes(16));
		});
	}

	@Test
	void everythingAboutAProviderIsBound() {
		this.runner
			.withPropertyValues("arcllm.providers.a.type=openai", "arcllm.providers.a.api-keys=k1,k2",
					"arcllm.providers.a.headers.X-Team=blue", "arcllm.providers.a.options.service_tier=flex",
					"arcllm.providers.a.defaults.max-tokens=4096", "arcllm.providers.a.models[0].name=meta/llama-3.2",
					"arcllm.providers.a.models[0].price.cache-read=0.30", "arcllm.providers.a.http.proxy.host=proxy",
					"arcllm.providers.a.http.proxy.port=3128", "arcllm.providers.a.api-key=")
			.run((context) -> {
				ProviderProperties a = context.getBean(ArcllmProperties.class).providers().get("a");
				assertThat(a.apiKeys()).containsExactly("k1", "k2");
				assertThat(a.apiKey()).isNull();
				assertThat(a.headers()).containsEntry("X-Team", "blue");
				assertThat(a.options()).isEqualTo(Map.of("service_tier", "flex"));
				assertThat(a.defaults().maxTokens()).isEqualTo(4096);
				assertThat(a.defaults().temperature()).isNull();
				assertThat(a.models().get(0).name()).isEqualTo("meta/llama-3.2");
				assertThat(a.models().get(0).price().cacheRead()).isEqualTo(new BigDecimal("0.30"));
				assertThat(a.http().proxy().port()).isEqualTo(3128);
			});
	}

	@Test
	void providersKeepTheOrderOfTheirDeclaration() {
		this.runner
			.withPropertyValues("arcllm.providers.zeta.type=openai", "arcllm.providers.alpha.type=openai",
					"arcllm.providers.my-llm.type=openai")
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("commandLine",
						Map.of("arcllm.providers.my-llm.base-url", "https://example.com"))))
			.withInitializer((context) -> environment(context.getEnvironment(), "ARCLLM_PROVIDERS_MYLLM_APIKEY"))
			.run((context) -> {
				Map<String, ProviderProperties> providers = context.getBean(ArcllmProperties.class).providers();
				assertThat(providers.keySet()).containsExactly("zeta", "alpha", "my-llm");
				assertThat(providers.get("my-llm").apiKey()).isEqualTo(CANARY);
				assertThat(providers.get("my-llm").baseUrl()).isEqualTo("https://example.com");
			});
	}

	@Test
	void secretsAreNeverInText() {
		this.runner
			.withPropertyValues("arcllm.providers.a.type=openai", "arcllm.providers.a.api-key=" + CANARY,
					"arcllm.providers.a.api-keys=" + CANARY, "arcllm.providers.a.headers.X-Key=" + CANARY,
					"arcllm.providers.a.options.key=" + CANARY,
					"arcllm.providers.a.base-url=https://user:" + CANARY + "@example.com/v1?key=" + CANARY,
					"arcllm.providers.a.http.proxy.password=" + CANARY)
			.run((context) -> {
				assertThat(context.getBean(ArcllmProperties.class).toString()).doesNotContain(CANARY)
					.contains("//******@example.com/v1?******");
				assertThat(context.getBean(ProviderDefinitions.class).all().toString()).doesNotContain(CANARY)
					.contains("//******@example.com/v1?******");
			});
	}

	@Test
	void badValueStopsTheStartWithItsKey() {
		this.runner.withPropertyValues("arcllm.deadline=soon")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(LlmConfigException.class)
				.hasMessageContaining("'arcllm.deadline'")
				.hasMessageContaining("a duration"));
	}

	private static void environment(ConfigurableEnvironment environment, String variable) {
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of(variable, CANARY)));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties
	static class WithProcessor {

	}

}
