package io.arcllm.autoconfigure.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Variables of the environment alone configure providers, and what a cluster puts there
 * does no harm.
 */
class VariablesTests {

	private final Map<String, Object> variables = new HashMap<>();

	private final Map<String, Object> file = new HashMap<>();

	@Test
	void variablesAloneConfigureAProviderWithADash() {
		this.variables.put("ARCLLM_PROVIDERS_AZURE_OPENAI_BASE_URL", "http://localhost/v1");
		this.variables.put("ARCLLM_PROVIDERS_AZURE_OPENAI_MODEL", "ok");
		this.variables.put("ARCLLM_PROVIDERS_HOUSE_MODEL_TYPE", "openai");
		this.variables.put("ARCLLM_PROVIDERS_HOUSE_MODEL_MODEL", "m");
		this.variables.put("ARCLLM_PROVIDERS_HOUSE_MODEL_API_KEYS_0", "key");
		this.variables.put("ARCLLM_PROVIDERS_HOUSE_MODEL_MODULES_RETRY_MAX_RETRIES", "7");
		ArcllmProperties properties = bind();
		assertThat(properties.providers()).containsOnlyKeys("azure-openai", "house-model");
		assertThat(properties.providers().get("azure-openai").baseUrl()).isEqualTo("http://localhost/v1");
		assertThat(properties.providers().get("house-model").model()).isEqualTo("m");
		assertThat(properties.providers().get("house-model").apiKeys()).containsExactly("key");
	}

	@Test
	void whatFollowsOptionsIsOneName() {
		this.variables.put("ARCLLM_PROVIDERS_V_OPTIONS_TOP_K", "40");
		this.variables.put("ARCLLM_PROVIDERS_V_OPTIONS_REASONING_EFFORT", "low");
		this.variables.put("ARCLLM_PROVIDERS_V_OPTIONS_STOP_TOKEN_IDS_0", "7");
		this.variables.put("ARCLLM_PROVIDERS_V_HEADERS_X_TEAM", "blue");
		ProviderProperties provider = bind().providers().get("v");
		assertThat(provider.options())
			.isEqualTo(Map.of("top_k", 40L, "reasoning_effort", "low", "stop_token_ids", List.of(7L)));
		assertThat(provider.headers()).isEqualTo(Map.of("x-team", "blue"));
	}

	@Test
	void namesOfModelsHaveDashesToo() {
		this.variables.put("ARCLLM_MODELS_FAST", "openai/gpt-5-mini");
		this.variables.put("ARCLLM_MODELS_GPT_4O", "anthropic,openai");
		this.variables.put("ARCLLM_MODELS_MY_SMART_ONE_0", "anthropic");
		this.variables.put("ARCLLM_MODELS_MY_SMART_ONE_1", "openai");
		assertThat(bind().models()).isEqualTo(Map.of("fast", "openai/gpt-5-mini", "gpt-4o", "anthropic,openai",
				"my-smart-one", Map.of("0", "anthropic", "1", "openai")));
	}

	@Test
	void entriesOfListsHaveTheirKeys() {
		this.variables.put("ARCLLM_PROVIDERS_OPENAI_MODELS_0_NAME", "gpt-5-mini");
		this.variables.put("ARCLLM_PROVIDERS_OPENAI_MODELS_0_PRICE_CACHE_READ", "0.03");
		this.variables.put("ARCLLM_PROVIDERS_OPENAI_MODELS_0_OPTIONS_TOP_K", "4");
		this.variables.put("ARCLLM_MODULES_BUDGET_LIMITS_0_AMOUNT", "5");
		this.variables.put("ARCLLM_MODULES_BUDGET_LIMITS_0_WARN_AT", "50%,60%");
		this.variables.put("ARCLLM_MODULES_FALLBACK_CHAIN_0_MAX_TOKENS", "5");
		this.variables.put("ARCLLM_MODULES_FALLBACK_CHAIN_0_TARGET", "openai");
		ArcllmProperties properties = bind();
		ProviderProperties.Model model = properties.providers().get("openai").models().get(0);
		assertThat(model.name()).isEqualTo("gpt-5-mini");
		assertThat(model.price().cacheRead()).isEqualTo("0.03");
		assertThat(model.options()).isEqualTo(Map.of("top_k", 4L));
		assertThat(properties.modules().budget().limits().get(0).warnAt()).hasSize(2);
		assertThat(properties.modules().fallback().chain().get(0).maxTokens()).isEqualTo(5);
	}

	@Test
	void variablesSpeakOfAProviderThatAFileDeclares() {
		this.file.put("arcllm.providers.my-llm.type", "openai");
		this.variables.put("ARCLLM_PROVIDERS_MY_LLM_MODEL", "one");
		this.variables.put("ARCLLM_PROVIDERS_MYLLM_APIKEY", "key");
		ArcllmProperties properties = bind();
		assertThat(properties.providers()).containsOnlyKeys("my-llm");
		assertThat(properties.providers().get("my-llm").model()).isEqualTo("one");
		assertThat(properties.providers().get("my-llm").apiKey()).isEqualTo("key");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PROVIDER", "PROVIDERS", "MODULES", "MODELS", "PROVIDERS_V" })
	void linksOfAClusterAreIgnored(String service) {
		this.file.put("arcllm.providers.v.type", "openai");
		Map.of("_SERVICE_HOST", "10.0.0.1", "_SERVICE_PORT", "80", "_SERVICE_PORT_HTTP", "80", "_PORT",
				"tcp://10.0.0.1:80", "_PORT_80_TCP", "tcp://10.0.0.1:80", "_PORT_80_TCP_PROTO", "tcp",
				"_PORT_80_TCP_PORT", "80", "_PORT_80_TCP_ADDR", "10.0.0.1")
			.forEach((suffix, value) -> this.variables.put("ARCLLM_" + service + suffix, value));
		ArcllmProperties properties = bind();
		assertThat(properties.providers()).containsOnlyKeys("v");
		assertThat(properties.provider()).isNull();
	}

	@Test
	void slipInAVariableStillStopsTheStart() {
		this.variables.put("ARCLLM_MODULES_RETRY_MAX_RETRY", "3");
		assertThatExceptionOfType(ConfigMistake.class).isThrownBy(this::bind)
			.withMessageContaining("ARCLLM_MODULES_RETRY_MAX_RETRY")
			.withMessageContaining("max-retries");
	}

	@ParameterizedTest
	@CsvSource({ "ARCLLM_PROVIDERS_AZURE_OPENAI_MODE, arcllm.providers.azure-openai.model",
			"ARCLLM_PROVIDERS_AZURE_OPENAI_ACCEPTS_PREFIXS, arcllm.providers.azure-openai.accepts-prefix",
			"ARCLLM_PROVIDERS_OPENAI_MODULES_RETRY_MAX_RETRY, arcllm.providers.openai.modules.retry.max-retries",
			"ARCLLM_MODULES_RATE_LIMIT_ENABLE, arcllm.modules.rate-limit.enabled",
			"ARCLLM_MODULES_CIRCUIT_BREAKER_SLOW_CALL_DURATIONS, arcllm.modules.circuit-breaker.slow-call.duration",
			"ARCLLM_MODULES_FALLBACK_CHAIN_0_MAX_TOKENS_X, arcllm.modules.fallback.chain.0.max-tokens",
			"ARCLLM_MODULES_BUDGET_LIMITS_0_AMUNT, arcllm.modules.budget.limits.0.amount",
			"ARCLLM_SPRING_AI_PRIMAR, arcllm.spring-ai.primary", "ARCLLM_LNT, arcllm.lint" })
	void nearestKeyIsNamed(String variable, String meant) {
		this.variables.put(variable, "1");
		assertThatExceptionOfType(ConfigMistake.class).isThrownBy(this::bind)
			.withMessageContaining("'" + variable + "' (environment variable) is not known")
			.withMessageContaining("Did you mean '" + meant + "'?");
	}

	@Test
	void listOfSectionsIsNoValue() {
		this.variables.put("ARCLLM_PROVIDERS_AZURE_OPENAI_MODELS", "gpt-5");
		assertThatExceptionOfType(ConfigMistake.class).isThrownBy(this::bind)
			.withMessageContaining("'arcllm.providers.azure-openai.models'")
			.withMessageContaining("Give a list");
	}

	@Test
	void portOfAProxyIsNoLink() {
		this.variables.put("ARCLLM_PROVIDERS_OPENAI_HTTP_PROXY_HOST", "proxy");
		this.variables.put("ARCLLM_PROVIDERS_OPENAI_HTTP_PROXY_PORT", "3128");
		assertThat(bind().providers().get("openai").http().proxy().port()).isEqualTo(3128);
	}

	private ArcllmProperties bind() {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, this.variables));
		environment.getPropertySources().addLast(new MapPropertySource("file", this.file));
		return PropertiesBinding.bind(new LayeredBinder(environment, List.of()));
	}

}
