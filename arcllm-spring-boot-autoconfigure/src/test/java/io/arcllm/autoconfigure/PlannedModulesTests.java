package io.arcllm.autoconfigure;

import java.util.Map;

import io.arcllm.LlmConfigException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.autoconfigure.config.ProviderDefinitions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Modules that are not there yet may be configured, as long as they are off.
 */
class PlannedModulesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class,
				ArcllmCircuitBreakerAutoConfiguration.class, ArcllmRateLimitAutoConfiguration.class));

	private ApplicationContextRunner mine() {
		return this.runner.withPropertyValues("arcllm.providers.ollama.model=m");
	}

	@Test
	void everySettingThatIsDesignedMayBeWritten() {
		this.runner.withInitializer(new ConfigDataApplicationContextInitializer())
			.withPropertyValues("spring.config.location=classpath:io/arcllm/autoconfigure/designed.yml")
			.run((context) -> {
				assertThat(context.getBean(LlmProvider.class)).hasToString("anthropic");
				assertThat(context.getBean(ProviderDefinitions.class).find("anthropic").models()).hasSize(1);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "audit" })
	void switchingOneOnStopsTheStart(String module) {
		for (String place : new String[] { "arcllm.", "arcllm.providers.ollama." }) {
			String key = place + "modules." + module + ".enabled";
			mine().withPropertyValues(key + "=true")
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.isInstanceOf(LlmConfigException.class)
					.hasMessageContaining(
							"'" + key + "' is true, but this version has no module '" + module + "' yet"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "audit" })
	void overrideOfOneIsRefused(String module) {
		mine().run((context) -> {
			LlmProviders providers = context.getBean(LlmProviders.class);
			refuses(module, () -> providers.load("ollama", (o) -> o.module(module, true)).invoke("hi"));
			refuses(module, () -> providers.load("ollama", (o) -> o.module(module, Map.of("any", 1))).invoke("hi"));
			refuses(module, () -> providers.load("ollama").invoke(overriding(module, true)));
			assertThat(providers.load("ollama", (o) -> o.module(module, false))).hasToString("Timeout(ollama)");
		});
	}

	private static LlmRequest overriding(String module, boolean on) {
		return LlmRequest.builder()
			.messages(Message.user("hi"))
			.callOptions((options) -> options.module(module, on))
			.build();
	}

	private static void refuses(String module, Runnable call) {
		assertThatExceptionOfType(LlmConfigException.class).isThrownBy(call::run)
			.withMessageContaining("This version has no module '" + module + "' yet");
	}

}
