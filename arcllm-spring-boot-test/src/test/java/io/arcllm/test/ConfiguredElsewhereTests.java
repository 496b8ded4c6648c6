package io.arcllm.test;

import java.util.Map;

import io.arcllm.LlmProviders;
import io.arcllm.LlmResponse;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.test.context.ContextConfiguration;

import static io.arcllm.test.ArcllmAssertions.assertThat;

/**
 * Providers are fake vendors wherever and however they are configured.
 */
@ArcllmTest
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "spring.config.import=classpath:imported.yml", "arcllm.provider=anthropic",
				"arcllm.providers.anthropic.api-key=${NO_SUCH_VARIABLE}", "arcllm.providers.anthropic.model=m",
				"arcllm.providers.anthropic.base-url=https://proxy.example.com/anthropic",
				"arcllm.providers.anthropic.http.proxy.host=proxy.example.com",
				"arcllm.providers.anthropic.http.proxy.port=3128", "arcllm.providers.second.preset=openai",
				"arcllm.providers.second.model=m", "arcllm.providers.second.api-keys=${NO_SUCH_VARIABLE},b,c",
				"arcllm.providers.azure-openai.base-url=${NO_SUCH_URL}", "arcllm.providers.azure-openai.model=m" })
@ContextConfiguration(initializers = ConfiguredElsewhereTests.Variables.class)
class ConfiguredElsewhereTests {

	@Autowired
	private LlmProviders providers;

	@Autowired
	private FakeVendors vendors;

	@Test
	void eachIsAFakeVendorOfItsFormat() {
		assertThat(this.vendors.vendors()).extracting(FakeVendor::name)
			.containsExactlyInAnyOrder("anthropic", "second", "azure-openai", "mistral", "local-llm", "my-gateway");
		for (FakeVendor vendor : this.vendors.vendors()) {
			LlmResponse answer = this.providers.load(vendor.name()).invoke("Hi");
			assertThat(answer).isFrom(vendor.name()).trail().asked(vendor.name());
			assertThat(vendor.asked()).isOne();
		}
		assertThat(this.vendors.of("local-llm").format()).isEqualTo("ollama");
		assertThat(this.vendors.of("my-gateway").format()).isEqualTo("openai");
	}

	/** As a container's variables come. */
	static class Variables implements ApplicationContextInitializer<ConfigurableApplicationContext> {

		@Override
		public void initialize(ConfigurableApplicationContext context) {
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment",
						Map.of("ARCLLM_PROVIDERS_MY_GATEWAY_TYPE", "openai", "ARCLLM_PROVIDERS_MY_GATEWAY_BASE_URL",
								"https://gateway.example.com", "ARCLLM_PROVIDERS_MY_GATEWAY_MODEL", "m")));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
