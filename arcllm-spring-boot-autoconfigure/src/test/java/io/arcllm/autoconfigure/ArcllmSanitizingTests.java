package io.arcllm.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class ArcllmSanitizingTests {

	private static final String CANARY = "canary-0123456789";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ArcllmSanitizingAutoConfiguration.class));

	@ParameterizedTest
	@ValueSource(strings = { "arcllm.providers.openai.api-key", "arcllm.providers.openai.apiKey",
			"arcllm.providers.openai.api-keys[1]", "ARCLLM_PROVIDERS_OPENAI_APIKEY", "ARCLLM_PROVIDERS_OPENAI_API_KEY",
			"arcllm.providers.openai.headers.X-Team", "arcllm.providers.openai.http.proxy.password" })
	void secretsAreMaskedInTheActuator(String key) {
		assertThat(sanitized(key, CANARY)).isEqualTo("******");
	}

	@Test
	void userInABaseUrlIsMaskedAndTheRestIsShown() {
		assertThat(sanitized("arcllm.providers.openai.base-url", "https://me:" + CANARY + "@example.com/v1"))
			.isEqualTo("https://******@example.com/v1");
		assertThat(sanitized("arcllm.providers.openai.model", "gpt-5-mini")).isEqualTo("gpt-5-mini");
	}

	@Test
	void isAbsentWithoutTheActuator() {
		this.runner.withClassLoader(new FilteredClassLoader(SanitizingFunction.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("arcllmSanitizing"));
	}

	private Object sanitized(String key, String value) {
		Object[] result = new Object[1];
		this.runner.run((context) -> result[0] = context.getBean(SanitizingFunction.class)
			.apply(new SanitizableData(null, key, value))
			.getValue());
		return result[0];
	}

}
