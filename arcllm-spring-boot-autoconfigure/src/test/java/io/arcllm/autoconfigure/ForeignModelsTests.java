package io.arcllm.autoconfigure;

import java.util.List;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmProvider;
import io.arcllm.LlmResponse;
import io.arcllm.WholeAndStreamed;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;

import static io.arcllm.autoconfigure.Vendors.ask;
import static io.arcllm.autoconfigure.Vendors.says;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Models of other libraries as targets in stacks and chains.
 */
class ForeignModelsTests {

	private final Vendors vendors = new Vendors();

	private final ApplicationContextRunner runner = this.vendors.runner()
		.withConfiguration(
				AutoConfigurations.of(ArcllmSpringAiAutoConfiguration.class, ArcllmLangChain4jAutoConfiguration.class))
		.withUserConfiguration(Models.class)
		.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.timeout.attempt=20s",
				"arcllm.modules.timeout.first-token=20s", "arcllm.modules.timeout.idle=20s");

	@AfterEach
	void close() {
		this.vendors.close();
	}

	@WholeAndStreamed
	void aModelOfSpringAiFailsOverToAVendor(boolean streaming) {
		this.vendors.first.enqueue(says("Hello", streaming));
		this.runner
			.withPropertyValues("arcllm.provider=house", "arcllm.providers.house.type=spring-ai",
					"arcllm.providers.house.bean=brokenModel", "arcllm.modules.fallback.chain=first")
			.run((context) -> {
				LlmResponse answer = ask(context.getBean(LlmProvider.class), streaming);
				assertThat(answer.text()).isEqualTo("Hello");
				assertThat(answer.trail().attempts()).extracting(Attempt::error)
					.containsExactly(ErrorKind.NETWORK, null);
			});
	}

	@WholeAndStreamed
	void aVendorFailsOverToModelsOfBothLibraries(boolean streaming) {
		for (String[] house : List.of(new String[] { "spring-ai", "goodModel" },
				new String[] { "langchain4j", "goodLangChainModel" })) {
			this.vendors.first.enqueue(Vendors.fails("503"));
			this.runner
				.withPropertyValues("arcllm.providers.house.type=" + house[0],
						"arcllm.providers.house.bean=" + house[1], "arcllm.modules.fallback.chain=house")
				.run((context) -> assertThat(ask(context.getBean(LlmProvider.class), streaming))
					.satisfies((answer) -> assertThat(answer.text()).isEqualTo("House"))
					.satisfies((answer) -> assertThat(answer.provider()).isEqualTo("house")));
		}
	}

	@WholeAndStreamed
	void defaultsOfAModelGoBeforeThoseOfItsProvider(boolean streaming) {
		this.runner.withPropertyValues("arcllm.provider=house", "arcllm.providers.house.type=spring-ai",
				"arcllm.providers.house.bean=echoModel", "arcllm.providers.house.model=m",
				"arcllm.providers.house.defaults.max-tokens=50", "arcllm.providers.house.defaults.temperature=0.1",
				"arcllm.providers.house.models[0].name=m", "arcllm.providers.house.models[0].defaults.temperature=0.7",
				"arcllm.providers.house.models[0].max-output=20")
			.run((context) -> assertThat(ask(context.getBean(LlmProvider.class), streaming).text())
				.isEqualTo("20 tokens at 0.7"));
	}

	@Test
	void mistakesNameTheKeyAndWhatThereIs() {
		assertMistake("arcllm.providers.house.bean", "is not set", "type=spring-ai");
		assertMistake("arcllm.providers.house.base-url", "does nothing", "type=spring-ai", "bean=goodModel",
				"base-url=https://example.com");
		assertMistake("arcllm.providers.first.bean", "does nothing", "type=spring-ai", "bean=goodModel",
				"../first.bean=goodModel");
		assertMistake("arcllm.providers.house.bean", "there is no such bean", "type=spring-ai", "bean=goodMode");
		assertMistake("arcllm.providers.house.bean", "asks this stack itself", "type=spring-ai",
				"bean=arcllmChatModel");
		assertMistake("arcllm.providers.house.bean", "which is a", "type=langchain4j", "bean=goodModel");
	}

	private void assertMistake(String key, String message, String... settings) {
		String[] properties = new String[settings.length];
		for (int i = 0; i < settings.length; i++) {
			properties[i] = "arcllm.providers."
					+ (settings[i].startsWith("../") ? settings[i].substring(3) : "house." + settings[i]);
		}
		this.runner.withPropertyValues(properties)
			.withPropertyValues("arcllm.provider=house", "arcllm.modules.fallback.chain=first")
			.run((context) -> assertThat(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()))
				.hasMessageContaining(key)
				.hasMessageContaining(message));
	}

	@Test
	void aLibraryThatIsNotThereIsNamed() {
		new ApplicationContextRunner().withClassLoader(new FilteredClassLoader("org.springframework.ai"))
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, ArcllmSpringAiAutoConfiguration.class))
			.withPropertyValues("arcllm.providers.house.type=spring-ai", "arcllm.providers.house.bean=x")
			.run((context) -> assertThat(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()))
				.hasMessageContaining("arcllm.providers.house.type")
				.hasMessageContaining("not on the class path"));
	}

	@Configuration(proxyBeanMethods = false)
	static class Models {

		@Bean
		ChatModel goodModel() {
			return new ChatModel() {

				@Override
				public ChatResponse call(Prompt prompt) {
					return new ChatResponse(List.of(new Generation(new AssistantMessage("House"))));
				}

			};
		}

		@Bean
		ChatModel echoModel() {
			return new ChatModel() {

				@Override
				public ChatResponse call(Prompt prompt) {
					return new ChatResponse(
							List.of(new Generation(new AssistantMessage(prompt.getOptions().getMaxTokens()
									+ " tokens at " + prompt.getOptions().getTemperature()))));
				}

			};
		}

		@Bean
		ChatModel brokenModel() {
			return new ChatModel() {

				@Override
				public ChatResponse call(Prompt prompt) {
					throw new IllegalStateException(new java.io.IOException("reset"));
				}

			};
		}

		@Bean
		dev.langchain4j.model.chat.ChatModel goodLangChainModel() {
			return new dev.langchain4j.model.chat.ChatModel() {

				@Override
				public dev.langchain4j.model.chat.response.ChatResponse doChat(
						dev.langchain4j.model.chat.request.ChatRequest request) {
					return dev.langchain4j.model.chat.response.ChatResponse.builder()
						.aiMessage(dev.langchain4j.data.message.AiMessage.from("House"))
						.build();
				}

			};
		}

	}

}
