package io.arcllm.autoconfigure;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmSanitizingAutoConfiguration.class));

	@TempDir
	Path application;

	@ParameterizedTest
	@ValueSource(strings = { "arcllm.providers.openai.api-key", "arcllm.providers.openai.apiKey",
			"arcllm.providers.openai.api-keys[1]", "ARCLLM_PROVIDERS_OPENAI_APIKEY", "ARCLLM_PROVIDERS_OPENAI_API_KEY",
			"arcllm.providers.openai.headers.X-Team", "arcllm.providers.openai.http.proxy.password",
			"arcllm.providers[openai].api-key", "arcllm.providers[my-llm].headers[X-Team]",
			"arcllm.providers.openai.options.user", "GROQ_API_KEY", "groq_api_key", "ANTHROPIC_API_KEY" })
	void secretsAreMaskedInTheActuator(String key) {
		assertThat(sanitized(key, CANARY)).isEqualTo("******");
	}

	@Test
	void userInABaseUrlIsMaskedAndTheRestIsShown() {
		assertThat(sanitized("arcllm.providers.openai.base-url", "https://me:" + CANARY + "@example.com/v1"))
			.isEqualTo("https://******@example.com/v1");
		assertThat(sanitized("arcllm.providers.openai.model", "gpt-5-mini")).isEqualTo("gpt-5-mini");
	}

	@ParameterizedTest
	@ValueSource(strings = { "arcllm.providers.openai.base-url", "arcllm.providers.openai.baseUrl",
			"arcllm.providers[openai].base-url", "ARCLLM_PROVIDERS_OPENAI_BASEURL",
			"ARCLLM_PROVIDERS_OPENAI_BASE_URL" })
	void queryOfABaseUrlIsMasked(String key) {
		assertThat(sanitized(key, "https://example.com/v1?key=" + CANARY + "&v=2"))
			.isEqualTo("https://example.com/v1?******");
	}

	@Test
	void variablesOfOthersAreShown() {
		assertThat(sanitized("GROQ_HOME", "/opt/groq")).isEqualTo("/opt/groq");
		assertThat(sanitized("acme.providers.openai.api-keys", "theirs")).isEqualTo("theirs");
	}

	@Test
	void variablesOfPresetsOfOnesOwnAreMaskedToo() throws IOException {
		Path presets = Files.createDirectories(this.application.resolve("META-INF/arcllm")).resolve("presets.json");
		Files.writeString(presets,
				"""
						{"cerebras": {"type": "openai", "base-url": "https://example.com", "key-variables": ["CEREBRAS_TOKEN"]}}""");
		URL[] classPath = { this.application.toUri().toURL() };
		try (URLClassLoader loader = new URLClassLoader(classPath, getClass().getClassLoader())) {
			this.runner.withClassLoader(loader)
				.run((context) -> assertThat(context.getBean(SanitizingFunction.class)
					.apply(new SanitizableData(null, "CEREBRAS_TOKEN", CANARY))
					.getValue()).isEqualTo("******"));
		}
	}

	@Test
	void aloneItMasksWhatIsUnderOurName() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ArcllmSanitizingAutoConfiguration.class))
			.run((context) -> assertThat(context.getBean(SanitizingFunction.class)
				.apply(new SanitizableData(null, "arcllm.providers.openai.api-key", CANARY))
				.getValue()).isEqualTo("******"));
	}

	@Test
	void valueThatHoldsAKeyIsMaskedWhateverItsName() {
		this.runner
			.withPropertyValues("arcllm.providers.openai.api-key=" + CANARY, "arcllm.providers.groq.api-key=short")
			.run((context) -> {
				SanitizingFunction sanitizing = context.getBean(SanitizingFunction.class);
				for (String value : new String[] { CANARY, "-Dkey=" + CANARY + " -Xmx1g",
						"{\"key\":\"" + CANARY + "\"}", "short" }) {
					assertThat(sanitizing.apply(new SanitizableData(null, "KEY_OF_TEAM_A", value)).getValue())
						.isEqualTo("******");
				}
				assertThat(sanitizing.apply(new SanitizableData(null, "path", "in short")).getValue())
					.isEqualTo("in short");
			});
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
