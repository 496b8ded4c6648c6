package io.arcllm.autoconfigure;

import java.util.List;

import dev.langchain4j.model.chat.StreamingChatModel;
import io.arcllm.LlmProvider;
import io.arcllm.bridge.langchain4j.ArcllmLangChainChatModel;
import io.arcllm.bridge.langchain4j.ArcllmLangChainStreamingChatModel;
import io.arcllm.bridge.springai.ArcllmChatModel;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which models of other libraries an application finds in its context.
 */
class BridgeAutoConfigurationTests {

	private static final String PRIMARY = "arcllm.spring-ai.primary=true";

	private final ApplicationContextRunner empty = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class,
				ArcllmSpringAiAutoConfiguration.class, ArcllmLangChain4jAutoConfiguration.class,
				WebClientAutoConfiguration.class, ChatClientAutoConfiguration.class));

	private final ApplicationContextRunner runner = this.empty.withPropertyValues("arcllm.providers.ollama.model=m");

	@Test
	void withoutOtherModelsOursAreInjected() {
		this.runner.run((context) -> {
			assertThat(context.getBean(ChatModel.class)).isSameAs(context.getBean("arcllmChatModel"));
			assertThat(context.getBean(dev.langchain4j.model.chat.ChatModel.class))
				.isSameAs(context.getBean("arcllmLangChainChatModel"));
			assertThat(context.getBean(StreamingChatModel.class))
				.isSameAs(context.getBean("arcllmLangChainStreamingChatModel"));
			assertThat(context.getBean(ChatClient.Builder.class)).isNotNull();
		});
	}

	@Test
	void withoutAProviderThereIsNoModel() {
		this.empty.withUserConfiguration(NoModel.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ArcllmChatModel.class)
				.doesNotHaveBean(ArcllmLangChainChatModel.class)
				.doesNotHaveBean(ArcllmLangChainStreamingChatModel.class));
	}

	@Test
	void withoutTheLibrariesNothingIsLoaded() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.ai", "dev.langchain4j"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(LlmProvider.class));
	}

	@Test
	void withAnotherModelOursIsHadByNameOnlyAndNothingChanges() {
		this.runner.withUserConfiguration(OtherModel.class).run((context) -> {
			assertThat(context.getBean(ChatModel.class)).isSameAs(context.getBean("other"));
			assertThat(context.getBean(Injected.class).model()).isSameAs(context.getBean("other"));
			assertThat(context.getBean("arcllmChatModel")).isInstanceOf(ArcllmChatModel.class);
			assertThat(context.getBean(ChatClient.Builder.class)).isNotNull();
		});
	}

	@Test
	void ofSeveralEachIsHadByItsQualifier() {
		this.runner.withUserConfiguration(TwoModels.class).run((context) -> {
			assertThat(context.getBean(ByQualifier.class).ours()).isSameAs(context.getBean("arcllmChatModel"));
			assertThat(context.getBean(ByQualifier.class).langChain())
				.isSameAs(context.getBean("arcllmLangChainChatModel"));
			assertThat(context.getBean(Injected.class).model()).isSameAs(context.getBean("chosen"));
			assertThat(context.getBean(ChatClient.Builder.class)).isNotNull();
			assertThat(context.getBean(ByQualifier.class).all())
				.containsExactly(context.getBean("chosen", ChatModel.class), context.getBean("other", ChatModel.class));
		});
	}

	@Test
	void anotherModelOfALateAutoConfigurationCountsToo() {
		this.runner.withConfiguration(AutoConfigurations.of(LateAutoConfiguration.class))
			.withUserConfiguration(NoModel.class)
			.run((context) -> assertThat(context.getBean(Injected.class).model()).isSameAs(context.getBean("late")));
	}

	@Test
	void ofSeveralOursIsThePrimaryOneWhereItIsToBe() {
		this.runner.withUserConfiguration(OtherModel.class)
			.withPropertyValues(PRIMARY)
			.run((context) -> assertThat(context.getBean(Injected.class).model())
				.isSameAs(context.getBean("arcllmChatModel")));
		this.runner.withUserConfiguration(OtherLangChainModel.class)
			.withPropertyValues("arcllm.langchain4j.primary=true")
			.run((context) -> assertThat(context.getBean(dev.langchain4j.model.chat.ChatModel.class))
				.isSameAs(context.getBean("arcllmLangChainChatModel")));
	}

	@Test
	void twoPrimaryModelsAreAFailureThatNamesBoth() {
		this.runner.withUserConfiguration(PrimaryModel.class)
			.withPropertyValues(PRIMARY)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("arcllm.spring-ai.primary")
				.hasMessageContaining("'arcllmChatModel'")
				.hasMessageContaining("'chosen'"));
	}

	@Test
	void twoPrimaryModelsOfLangChain4jAreAFailureThatNamesBoth() {
		this.runner.withUserConfiguration(PrimaryStreamingModel.class)
			.withPropertyValues("arcllm.langchain4j.primary=true")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("arcllm.langchain4j.primary")
				.hasMessageContaining("'arcllmLangChainStreamingChatModel'")
				.hasMessageContaining("'chosenToStream'"));
	}

	@Test
	void whatSelectsModelsOfSpringAiChangesNothing() {
		this.runner.withPropertyValues("spring.ai.model.chat=none")
			.run((context) -> assertThat(context).hasSingleBean(ArcllmChatModel.class));
	}

	@Test
	void aModelOfOursThatTheApplicationMakesTakesThePlace() {
		this.runner.withUserConfiguration(OurModel.class)
			.run((context) -> assertThat(context).getBean(ChatModel.class).isSameAs(context.getBean("mine")));
	}

	private static ChatModel model() {
		return new ChatModel() {

			@Override
			public ChatResponse call(Prompt prompt) {
				throw new IllegalStateException("Not asked");
			}

		};
	}

	private record Injected(ChatModel model) {
	}

	private record ByQualifier(ChatModel ours, dev.langchain4j.model.chat.ChatModel langChain, List<ChatModel> all) {
	}

	@Configuration(proxyBeanMethods = false)
	static class TwoModels {

		@Bean
		@Primary
		ChatModel chosen() {
			return model();
		}

		@Bean
		ChatModel other() {
			return model();
		}

		@Bean
		dev.langchain4j.model.chat.ChatModel otherLangChainModel() {
			return new dev.langchain4j.model.chat.ChatModel() {
			};
		}

		@Bean
		Injected injected(ChatModel model) {
			return new Injected(model);
		}

		@Bean
		ByQualifier byQualifier(@Qualifier("arcllmChatModel") ChatModel ours,
				@Qualifier("arcllmLangChainChatModel") dev.langchain4j.model.chat.ChatModel langChain,
				List<ChatModel> all) {
			return new ByQualifier(ours, langChain, all);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NoModel {

		@Bean
		Injected injected(org.springframework.beans.factory.ObjectProvider<ChatModel> model) {
			return new Injected(model.getIfUnique());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherModel {

		@Bean
		ChatModel other() {
			return model();
		}

		@Bean
		Injected injected(ChatModel model) {
			return new Injected(model);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrimaryModel {

		@Bean
		@Primary
		ChatModel chosen() {
			return model();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrimaryStreamingModel {

		@Bean
		@Primary
		StreamingChatModel chosenToStream() {
			return new StreamingChatModel() {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherLangChainModel {

		@Bean
		dev.langchain4j.model.chat.ChatModel other() {
			return new dev.langchain4j.model.chat.ChatModel() {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OurModel {

		@Bean
		ArcllmChatModel mine(LlmProvider llm) {
			return new ArcllmChatModel(llm);
		}

	}

	@AutoConfiguration(after = ArcllmSpringAiAutoConfiguration.class)
	static class LateAutoConfiguration {

		@Bean
		ChatModel late() {
			return model();
		}

	}

}
