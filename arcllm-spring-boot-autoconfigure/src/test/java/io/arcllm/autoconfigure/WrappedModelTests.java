package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.LlmProvider;
import io.arcllm.WholeAndStreamed;
import io.arcllm.bridge.springai.ArcllmChatModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.HttpServerErrorException;

import static io.arcllm.autoconfigure.Vendors.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The stack around the application's own model of Spring AI.
 */
class WrappedModelTests {

	private final Vendors vendors = new Vendors();

	private final ApplicationContextRunner alone = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class,
				ArcllmSpringAiAutoConfiguration.class, WebClientAutoConfiguration.class,
				ChatClientAutoConfiguration.class))
		.withPropertyValues("arcllm.spring-ai.wrap=true");

	private final ApplicationContextRunner runner = this.alone.withPropertyValues("arcllm.providers.second.type=openai",
			"arcllm.providers.second.base-url=" + this.vendors.second.url("/v1"), "arcllm.providers.second.api-key=k",
			"arcllm.providers.second.model=m");

	@AfterEach
	void close() {
		this.vendors.close();
	}

	@WholeAndStreamed
	void aModelThatIsDownFailsOverToTheOtherProvider(boolean streaming) {
		this.vendors.second.enqueue(says("Hello", streaming));
		this.runner.withUserConfiguration(DownModel.class).run((context) -> {
			assertThat(ask(context, streaming)).isEqualTo("Hello");
			assertThat(context.getBean(Down.class).asked).hasValue(1);
			assertThat(context.getBean(LlmProvider.class).name()).isEqualTo("spring-ai");
		});
	}

	@WholeAndStreamed
	void aPrimaryModelIsWrappedToo(boolean streaming) {
		this.vendors.second.enqueue(says("Hello", streaming));
		this.runner.withUserConfiguration(PrimaryModel.class)
			.run((context) -> assertThat(ask(context, streaming)).isEqualTo("Hello"));
	}

	@WholeAndStreamed
	void anotherProviderMayBeThePrimaryOneAndTheModelIsItsChain(boolean streaming) {
		this.vendors.second.enqueue(Vendors.fails("503"));
		this.runner.withUserConfiguration(DownModel.class)
			.withPropertyValues("arcllm.provider=second")
			.run((context) -> {
				assertThat(context.getBean(LlmProvider.class).name()).isEqualTo("second");
				assertThatThrownBy(() -> ask(context, streaming)).hasMessageContaining("503");
				assertThat(context.getBean(Down.class).asked).hasValue(1);
			});
	}

	@Test
	void injectedByItsOwnTypeItHasNoRing() {
		this.runner.withUserConfiguration(DownModel.class).run((context) -> {
			assertThat(context.getBean(Injected.class).own()).isExactlyInstanceOf(Down.class)
				.isSameAs(context.getBean("down"));
			assertThat(context.getBean(Injected.class).model()).isInstanceOf(ArcllmChatModel.class);
			assertThatThrownBy(() -> context.getBean(Down.class).call(new Prompt("hi")))
				.isInstanceOf(HttpServerErrorException.class);
		});
	}

	@Test
	void severalModelsAreAFailureThatNamesThem() {
		this.runner.withUserConfiguration(DownModel.class, OtherModel.class)
			.run((context) -> assertThat(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()))
				.hasMessageContaining("arcllm.spring-ai.wrap")
				.hasMessageContaining("down, other"));
		this.runner.withUserConfiguration(PrimaryModel.class, OtherModel.class)
			.run((context) -> assertThat(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()))
				.hasMessageContaining("chosen")
				.hasMessageContaining("other"));
		this.runner.withUserConfiguration(DownModel.class, OtherModel.class)
			.withPropertyValues("arcllm.providers.spring-ai.bean=other")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void noModelIsAFailure() {
		this.runner.run((context) -> assertThat(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()))
			.hasMessageContaining("arcllm.spring-ai.wrap")
			.hasMessageContaining("no ChatModel bean"));
	}

	@Test
	void withoutAnotherProviderThereIsNoChain() {
		this.alone.withUserConfiguration(DownModel.class).run((context) -> {
			assertThat(context.getBean(LlmProvider.class)).asString().doesNotContain("Fallback");
			assertThatThrownBy(() -> ask(context, false)).hasMessageContaining("503");
		});
	}

	@Test
	void whatIsWrittenWins() {
		this.runner.withUserConfiguration(DownModel.class)
			.withPropertyValues("arcllm.modules.fallback.enabled=false")
			.run((context) -> assertThat(context.getBean(LlmProvider.class)).asString().doesNotContain("Fallback"));
	}

	@WholeAndStreamed
	void theProfileHasTheSameChain(boolean streaming) {
		this.vendors.second.enqueue(says("Hello", streaming));
		this.runner.withUserConfiguration(DownModel.class)
			.withPropertyValues("arcllm.profile=resilient", "arcllm.modules.retry.enabled=false",
					"arcllm.modules.circuit-breaker.enabled=false")
			.run((context) -> assertThat(ask(context, streaming)).isEqualTo("Hello"));
	}

	private static String ask(ApplicationContext context, boolean streaming) {
		ChatClient.ChatClientRequestSpec prompt = context.getBean(ChatClient.Builder.class).build().prompt("hi");
		return streaming ? String.join("", prompt.stream().content().collectList().block(Duration.ofSeconds(20)))
				: prompt.call().content();
	}

	private static final class Down implements ChatModel {

		private final AtomicInteger asked = new AtomicInteger();

		@Override
		public ChatResponse call(Prompt prompt) {
			this.asked.incrementAndGet();
			throw HttpServerErrorException.create(HttpStatus.SERVICE_UNAVAILABLE, "down", HttpHeaders.EMPTY,
					new byte[0], null);
		}

		@Override
		public Flux<ChatResponse> stream(Prompt prompt) {
			return Flux.defer(() -> Flux.just(call(prompt)));
		}

	}

	private record Injected(Down own, ChatModel model) {
	}

	@Configuration(proxyBeanMethods = false)
	static class DownModel {

		@Bean
		Down down() {
			return new Down();
		}

		@Bean
		Injected injected(Down own, ChatModel model) {
			return new Injected(own, model);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrimaryModel {

		@Bean
		@Primary
		Down chosen() {
			return new Down();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherModel {

		@Bean
		ChatModel other() {
			return (prompt) -> {
				throw new IllegalStateException("HTTP 500 - other");
			};
		}

	}

}
