package io.arcllm.autoconfigure.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmConfigException;
import io.arcllm.module.circuitbreaker.CircuitBreakerSettings;
import io.arcllm.module.fallback.FallbackSettings;
import io.arcllm.module.retry.RetrySettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ModuleSettingsTests {

	private final MockEnvironment environment = new MockEnvironment();

	private final ModuleSettings settings = new ModuleSettings(new LayeredBinder(this.environment));

	@Test
	void defaultsHoldWhereNothingIsConfigured() {
		RetrySettings retry = retry(null, CallOptions.NONE);
		assertThat(retry.maxRetries()).isEqualTo(3);
		assertThat(retry.maxWait()).isEqualTo(Duration.ofSeconds(60));
		assertThat(retry.retryableStatusCodes()).containsExactlyInAnyOrder(408, 425, 429, 500, 502, 503, 504, 529);
		assertThat(retry.on()).contains(ErrorKind.BULKHEAD_FULL).doesNotContain(ErrorKind.INTERRUPTED);
		assertThat(this.settings.enabled("retry", null, CallOptions.NONE)).isFalse();
		assertThat(this.settings.enabled("timeout", null, CallOptions.NONE)).isTrue();
	}

	@Test
	void eachKeyComesFromTheHighestLayerThatHasIt() {
		this.environment.setProperty("arcllm.modules.retry.max-retries", "4");
		this.environment.setProperty("arcllm.modules.retry.backoffBase", "2s");
		this.environment.setProperty("arcllm.modules.retry.max-wait", "20s");
		this.environment.setProperty("arcllm.providers.my-llm.modules.retry.max-retries", "5");
		this.environment.setProperty("arcllm.providers.my-llm.modules.retry.backoff-base", "3s");
		CallOptions options = CallOptions.builder().retry((r) -> r.maxRetries(6)).build();
		RetrySettings overridden = retry("my-llm", options);
		assertThat(overridden.maxRetries()).isEqualTo(6);
		assertThat(overridden.backoffBase()).isEqualTo(Duration.ofSeconds(3));
		assertThat(overridden.maxWait()).isEqualTo(Duration.ofSeconds(20));
		assertThat(overridden.multiplier()).isEqualTo(2);
		assertThat(retry("my-llm", CallOptions.NONE).maxRetries()).isEqualTo(5);
		assertThat(retry("other", CallOptions.NONE).maxRetries()).isEqualTo(4);
	}

	@ParameterizedTest
	@CsvSource({ "ARCLLM_PROVIDERS_OPENAI_MODULES_RETRY_MAX_RETRIES, openai",
			"ARCLLM_PROVIDERS_OPENAI_MODULES_RETRY_MAXRETRIES, openai",
			"ARCLLM_PROVIDERS_AZURE_OPENAI_MODULES_RETRY_MAX_RETRIES, azure-openai",
			"ARCLLM_PROVIDERS_AZUREOPENAI_MODULES_RETRY_MAXRETRIES, azure-openai",
			"arcllm_providers_azure_openai_modules_retry_max_retries, azure-openai",
			"ARCLLM_MODULES_RETRY_MAX_RETRIES, openai" })
	void variablesReachAProvidersModules(String variable, String provider) {
		variables(Map.of(variable, "77"));
		assertThat(retry(provider, CallOptions.NONE).maxRetries()).isEqualTo(77);
	}

	@Test
	void variablesReachModulesWhoseNamesHaveADash() {
		variables(Map.of("ARCLLM_PROVIDERS_AZURE_OPENAI_MODULES_CIRCUIT_BREAKER_ENABLED", "true",
				"ARCLLM_PROVIDERS_AZURE_OPENAI_MODULES_CIRCUIT_BREAKER_WINDOW_SIZE", "77"));
		assertThat(this.settings.hasOwn("azure-openai")).isTrue();
		assertThat(this.settings.enabled("circuit-breaker", "azure-openai", CallOptions.NONE)).isTrue();
		assertThat(this.settings.bind("circuit-breaker", CircuitBreakerSettings.class, "azure-openai", CallOptions.NONE)
			.windowSize()).isEqualTo(77);
		assertThat(this.settings.enabled("circuit-breaker", "openai", CallOptions.NONE)).isFalse();
	}

	private void variables(Map<String, Object> variables) {
		this.environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					variables));
	}

	@Test
	void listReplacesTheOneBelowWholly() {
		this.environment.setProperty("arcllm.modules.retry.retryable-status-codes[0]", "429");
		this.environment.setProperty("arcllm.modules.retry.retryable-status-codes[1]", "503");
		assertThat(retry(null, CallOptions.NONE).retryableStatusCodes()).containsExactlyInAnyOrder(429, 503);
		assertThat(retry(null, CallOptions.builder().retry((r) -> r.retryableStatusCodes(500)).build())
			.retryableStatusCodes()).containsExactly(500);
	}

	@Test
	void overrideTakesValuesOfAnyForm() {
		CallOptions options = CallOptions.builder()
			.module("retry",
					Map.of("max-retries", "7", "backoff-base", Duration.ofMillis(5), "on", Set.of(ErrorKind.NETWORK)))
			.build();
		RetrySettings retry = retry(null, options);
		assertThat(retry.maxRetries()).isEqualTo(7);
		assertThat(retry.backoffBase()).isEqualTo(Duration.ofMillis(5));
		assertThat(retry.on()).containsExactly(ErrorKind.NETWORK);
	}

	@Test
	void overrideOfWhatIsTheWholeProcesssIsRefused() {
		CallOptions options = CallOptions.builder().retry((r) -> r.set("budget.ratio", 0.5)).build();
		assertThatExceptionOfType(LlmConfigException.class).isThrownBy(() -> retry(null, options))
			.withMessageContaining("'retry.budget.ratio' would do nothing");
	}

	@Test
	void offBeatsSettingsBeatOnBeatsConfiguration() {
		this.environment.setProperty("arcllm.modules.retry.enabled", "true");
		assertThat(enabled(CallOptions.builder().retry(false).retry((r) -> r.maxRetries(5)).build())).isFalse();
		assertThat(enabled(CallOptions.builder().retry(false).build())).isFalse();
		this.environment.setProperty("arcllm.modules.retry.enabled", "false");
		assertThat(enabled(CallOptions.builder().retry((r) -> r.maxRetries(5)).build())).isTrue();
		assertThat(enabled(CallOptions.builder().retry(true).build())).isTrue();
		assertThat(enabled(CallOptions.builder().retry((r) -> {
		}).build())).isTrue();
		assertThat(enabled(CallOptions.NONE)).isFalse();
	}

	@Test
	void switchMayStandAmongTheSettings() {
		Map<String, Object> off = Map.of("enabled", "false", "max-retries", 5);
		assertThat(enabled(CallOptions.builder().module("retry", off).build())).isFalse();
		assertThat(enabled(CallOptions.builder().module("retry", Map.of("enabled", true)).build())).isTrue();
		assertThat(enabled(CallOptions.builder().retry(true).module("retry", off).build())).isFalse();
	}

	@Test
	void providerSwitchesAModuleForItselfAlone() {
		this.environment.setProperty("arcllm.providers.ollama.modules.retry.enabled", "true");
		assertThat(this.settings.enabled("retry", "ollama", CallOptions.NONE)).isTrue();
		assertThat(this.settings.enabled("retry", "openai", CallOptions.NONE)).isFalse();
	}

	@Test
	void chainOfTheCallSwitchesFallbackOnAndReplacesTheConfiguredOne() {
		this.environment.setProperty("arcllm.modules.fallback.chain", "a,b,c");
		CallOptions options = CallOptions.builder().chain("openai", "ollama/llama3.2").build();
		assertThat(this.settings.enabled("fallback", null, options)).isTrue();
		assertThat(this.settings.bind("fallback", FallbackSettings.class, null, options).chainTargets())
			.isEqualTo(List.of("openai", "ollama/llama3.2"));
		CallOptions off = CallOptions.builder().chain("openai").fallback(false).build();
		assertThat(this.settings.enabled("fallback", null, off)).isFalse();
	}

	@Test
	void refusedValueNamesItsWholeKey() {
		this.environment.setProperty("arcllm.providers.x.modules.retry.max-retries", "-1");
		assertThatExceptionOfType(LlmConfigException.class).isThrownBy(() -> retry("x", CallOptions.NONE))
			.withMessageContaining("'arcllm.providers.x.modules.retry.max-retries'")
			.withMessageContaining("max-retries must be 0 or more, was -1");
	}

	@Test
	void refusedOverrideIsWrittenNowhere() {
		CallOptions options = CallOptions.builder().retry((retry) -> retry.maxRetries(-1)).build();
		assertThatExceptionOfType(LlmConfigException.class).isThrownBy(() -> retry("x", options))
			.withMessageStartingWith("'retry.max-retries' is wrong: max-retries must be 0 or more, was -1");
	}

	@Test
	void valueThatDoesNotConvertNamesItsKeyAndWhatIsAllowed() {
		this.environment.setProperty("arcllm.modules.retry.max-wait", "soon");
		assertThatExceptionOfType(LlmConfigException.class).isThrownBy(() -> retry("x", CallOptions.NONE))
			.withMessageContaining("'arcllm.modules.retry.max-wait'")
			.withMessageContaining("'soon'")
			.withMessageContaining("a duration, such as 500ms");
	}

	private RetrySettings retry(String provider, CallOptions options) {
		return this.settings.bind("retry", RetrySettings.class, provider, options);
	}

	private boolean enabled(CallOptions options) {
		return this.settings.enabled("retry", null, options);
	}

}
