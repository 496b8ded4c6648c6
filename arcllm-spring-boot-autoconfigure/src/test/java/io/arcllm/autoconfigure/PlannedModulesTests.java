package io.arcllm.autoconfigure;

import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.config.ProviderDefinitions;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every key of the reference may be written.
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
				assertThat(context.getBean(LlmProvider.class).name()).isEqualTo("anthropic");
				assertThat(context.getBean(ProviderDefinitions.class).find("anthropic").models()).hasSize(1);
			});
	}

}
