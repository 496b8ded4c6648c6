package io.arcllm.autoconfigure;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The retries inside other libraries' models are counted, warned about, and switched off
 * where a setting does so.
 */
@ExtendWith(OutputCaptureExtension.class)
class ModelRetriesTests {

	@AutoClose
	private final Vendors vendors = new Vendors();

	private final ApplicationContextRunner runner = this.vendors.runner()
		.withConfiguration(
				AutoConfigurations.of(ArcllmSpringAiAutoConfiguration.class, ArcllmLangChain4jAutoConfiguration.class))
		.withUserConfiguration(Models.class)
		.withPropertyValues("arcllm.provider=house", "arcllm.modules.retry.enabled=true",
				"arcllm.modules.retry.max-retries=3");

	@ParameterizedTest
	@CsvSource({ "spring-ai,openAiChatModel", "langchain4j,counted" })
	void theyAreCountedAndWarnedAbout(String type, String bean, CapturedOutput output) {
		this.runner.withPropertyValues("arcllm.providers.house.type=" + type, "arcllm.providers.house.bean=" + bean)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("A call of house: at most 12 attempts")
			.contains("arcllm.providers.house.bean has a model asked")
			.contains("4 x 3 = 12 requests");
	}

	@Test
	void onlyTheAttemptsAtThatModelAreMultiplied(CapturedOutput output) {
		this.runner
			.withPropertyValues("arcllm.providers.house.type=langchain4j", "arcllm.providers.house.bean=counted",
					"arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=first")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("A call of house: at most 16 attempts");
	}

	@Test
	void aModelThatRepeatsNothingIsNotWarnedAbout(CapturedOutput output) {
		this.runner
			.withPropertyValues("arcllm.providers.house.type=spring-ai", "arcllm.providers.house.bean=plain",
					"arcllm.lint=fail")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("A call of house: at most 4 attempts");
	}

	/** Names of providers and links to services are read as everywhere else. */
	@Test
	void variablesAreReadLikeOtherSettings() {
		this.runner.withPropertyValues("arcllm.provider=first", "arcllm.modules.retry.enabled=false")
			.withInitializer(
					(context) -> context.getEnvironment()
						.getPropertySources()
						.replace("systemEnvironment", new SystemEnvironmentPropertySource("systemEnvironment",
								Map.of("ARCLLM_PROVIDERS_PORT", "tcp://10.0.0.1:80", "ARCLLM_PROVIDERS_SERVICE_HOST",
										"10.0.0.1", "ARCLLM_PROVIDERS_PORT_80_TCP_ADDR", "10.0.0.1",
										"ARCLLM_PROVIDERS_HOUSE_MODEL_TYPE", "spring-ai",
										"ARCLLM_PROVIDERS_HOUSE_MODEL_BEAN", "openAiChatModel"))))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getEnvironment().getProperty("spring.ai.openai.chat.max-retries")).isEqualTo("0");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "arcllm.spring-ai.primary", "arcllm.spring-ai.wrap", "arcllm.langchain4j.primary" })
	void switchThatIsNoneIsAMistakeThatNamesIt(String key) {
		this.runner
			.withPropertyValues("arcllm.providers.house.type=spring-ai", "arcllm.providers.house.bean=openAiChatModel",
					key + "=perhaps")
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining(key));
	}

	@ParameterizedTest
	@CsvSource({ "arcllm.providers.house.bean=openAiChatModel,spring.ai.openai.chat.max-retries,0",
			"arcllm.providers.house.bean=plain,spring.ai.openai.chat.max-retries,",
			"arcllm.providers.house.bean=anthropicChatModel,spring.ai.anthropic.chat.max-retries,0" })
	void whatAStarterHasASettingForIsSwitchedOff(String asked, String setting, String expected) {
		this.runner.withPropertyValues("arcllm.providers.house.type=spring-ai", asked)
			.run((context) -> assertThat(context.getEnvironment().getProperty(setting)).isEqualTo(expected));
	}

	@ParameterizedTest
	@CsvSource({ "spring.ai.openai.chat.max-retries", "spring.ai.openai.max-retries" })
	void whatTheApplicationHasWrittenStays(String setting) {
		this.runner
			.withPropertyValues("arcllm.providers.house.type=spring-ai", "arcllm.providers.house.bean=openAiChatModel",
					setting + "=5")
			.run((context) -> {
				assertThat(context.getEnvironment().getProperty(setting)).isEqualTo("5");
				assertThat(context.getEnvironment().getProperty("spring.ai.openai.chat.max-retries")).isNotEqualTo("0");
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class Models {

		@Bean
		ChatModel openAiChatModel() {
			return new Templated();
		}

		@Bean
		ChatModel anthropicChatModel() {
			return new Templated();
		}

		@Bean
		ChatModel plain() {
			return (prompt) -> new ChatResponse(List.of(new Generation(new AssistantMessage("Hello"))));
		}

		@Bean
		dev.langchain4j.model.chat.ChatModel counted() {
			return new Counted();
		}

	}

	private static final class Templated implements ChatModel {

		private final RetryTemplate retryTemplate = new RetryTemplate(RetryPolicy.withMaxRetries(2));

		@Override
		public ChatResponse call(Prompt prompt) {
			throw new IllegalStateException("Not asked: " + this.retryTemplate);
		}

	}

	private static final class Counted implements dev.langchain4j.model.chat.ChatModel {

		private final Integer maxRetries = 2;

		@Override
		public String toString() {
			return "retries " + this.maxRetries + " times";
		}

	}

}
