package io.arcllm.autoconfigure;

import java.util.List;

import io.arcllm.LlmConfigException;
import io.arcllm.LlmEvent;
import io.arcllm.LlmModule;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import io.arcllm.module.BaseModule;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What an application finds in its context.
 */
class ArcllmAutoConfigurationTests {

	private static final String ANSWER = """
			{"id":"m","type":"message","role":"assistant","model":"claude-x","content":[{"type":"text","text":"Hello"}],
			"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":1}}""";

	private static final String CHAT = """
			{"id":"c","object":"chat.completion","model":"gpt-x","choices":[{"index":0,"finish_reason":"stop",
			"message":{"role":"assistant","content":"Hi"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}""";

	@StartStop
	final MockWebServer anthropic = PromptServers.create();

	@StartStop
	final MockWebServer openai = PromptServers.create();

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("arcllm.providers.anthropic.base-url=" + this.anthropic.url("/"),
					"arcllm.providers.anthropic.api-key=k", "arcllm.providers.anthropic.model=claude-x");
	}

	private ApplicationContextRunner twoProviders() {
		return runner().withPropertyValues("arcllm.provider=anthropic",
				"arcllm.providers.openai.base-url=" + this.openai.url("/v1"), "arcllm.providers.openai.api-key=k",
				"arcllm.providers.openai.model=gpt-x");
	}

	@Test
	void onlyProviderIsInjected() {
		this.anthropic.enqueue(json(200, ANSWER));
		runner().run((context) -> {
			LlmResponse answer = context.getBean(LlmProvider.class).invoke("Hi");
			assertThat(answer.text()).isEqualTo("Hello");
			assertThat(answer.trail().attempts()).hasSize(1);
			assertThat(context.getBean(LlmProvider.class)).hasToString("Timeout(anthropic)");
		});
	}

	@Test
	void stackIsInTheDefaultOrder() {
		twoProviders()
			.withPropertyValues("arcllm.modules.retry.enabled=true", "arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=openai")
			.run((context) -> assertThat(context.getBean(LlmProvider.class))
				.hasToString("Retry(Fallback(Timeout(anthropic)))"));
	}

	@Test
	void recoveryAndHedgeArePartsOfTheChain() {
		runner().withPropertyValues("arcllm.modules.streams.recovery=replay", "arcllm.modules.streams.commit=40-tokens")
			.run((context) -> assertThat(context.getBean(LlmProvider.class))
				.hasToString("Recovery(Timeout(anthropic))"));
		twoProviders()
			.withPropertyValues("arcllm.modules.hedge.enabled=true", "arcllm.modules.hedge.after=800ms",
					"arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=openai")
			.run((context) -> assertThat(context.getBean(LlmProvider.class))
				.hasToString("Fallback(Hedge(Timeout(anthropic)))"));
	}

	@Test
	void recoveryWithoutAPlaceIsAMistake() {
		runner().withPropertyValues("arcllm.modules.streams.recovery=replay", "arcllm.modules.order=retry,timeout")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("'fallback' is not in 'arcllm.modules.order'"));
	}

	@Test
	void secondTargetAnswersWhenTheFirstIsOverloaded() {
		this.anthropic.enqueue(json(529, "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}"));
		this.openai.enqueue(json(200, CHAT));
		twoProviders()
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=openai")
			.run((context) -> {
				LlmResponse answer = context.getBean(LlmProvider.class).invoke("Hi");
				assertThat(answer.provider()).isEqualTo("openai");
				assertThat(answer.trail().attempts()).extracting((one) -> one.target().toString())
					.containsExactly("anthropic/claude-x", "openai/gpt-x");
			});
	}

	@Test
	void modelIsAskedForNoMoreThanItsMaxOutput() {
		runner()
			.withPropertyValues("arcllm.providers.anthropic.models[0].name=claude-x",
					"arcllm.providers.anthropic.models[0].max-output=6000",
					"arcllm.providers.anthropic.models[1].name=claude-y",
					"arcllm.providers.anthropic.models[1].max-output=10")
			.run((context) -> {
				for (int asked : new int[] { 8000, 20 }) {
					this.anthropic.enqueue(json(200, ANSWER));
					context.getBean(LlmProvider.class).invoke(LlmRequest.of("Hi").mutate().maxTokens(asked).build());
					assertThat(this.anthropic.takeRequest().getBody().utf8())
						.contains("\"max_tokens\":" + Math.min(asked, 6000));
				}
			});
	}

	@Test
	void providersAreLazyBeansWithQualifiers() {
		twoProviders().withUserConfiguration(Qualified.class).run((context) -> {
			assertThat(context.getBean(Qualified.class).openai).hasToString("Timeout(openai)");
			assertThat(context.getBean(Qualified.class).primary).hasToString("Timeout(anthropic)");
			assertThat(context.getBeanFactory().getBeanDefinition("openaiLlmProvider").isLazyInit()).isTrue();
			assertThat(context.getBean(LlmProviders.class).names()).isEqualTo(List.of("anthropic", "openai"));
		});
	}

	@Test
	void ownBeanIsPrimaryWithItsWholeStack() {
		twoProviders().withUserConfiguration(Own.class)
			.withPropertyValues("arcllm.provider=mine", "arcllm.modules.retry.enabled=true")
			.run((context) -> {
				assertThat(context.getBean(LlmProvider.class)).hasToString("Retry(Timeout(mine))");
				assertThat(context.getBean(LlmProvider.class).invoke("x").provider()).isEqualTo("mine");
			});
	}

	@Test
	void ownModuleWithABeanNameInCamelCaseStandsInnermost() {
		runner().withBean("shoutingModule", LlmModule.class, () -> Shouting::new)
			.run((context) -> assertThat(context.getBean(LlmProvider.class))
				.hasToString("Timeout(Shouting(anthropic))"));
	}

	@Test
	void overrideOfAnUnknownModuleIsRefused() {
		runner().run((context) -> assertThatExceptionOfType(LlmConfigException.class)
			.isThrownBy(() -> context.getBean(LlmProviders.class).load("anthropic", (o) -> o.module("retri", true)))
			.withMessageContaining("retri"));
	}

	@Test
	void nearestNameIsToldToWhoLoadsAProviderThatIsNotThere() {
		twoProviders().run((context) -> {
			LlmProviders providers = context.getBean(LlmProviders.class);
			for (String target : List.of("opnai", "opnai/gpt-x")) {
				assertThatExceptionOfType(LlmConfigException.class).isThrownBy(() -> providers.load(target))
					.withMessageContaining("There is no provider 'opnai'")
					.withMessageContaining("Did you mean 'openai'?")
					.withMessageContaining("anthropic, openai")
					.satisfies((ex) -> assertThat(ex.key()).isEqualTo("arcllm.providers.opnai"));
			}
			assertThatExceptionOfType(LlmConfigException.class).isThrownBy(() -> providers.load("else"))
				.withMessageContaining("There are: anthropic, openai")
				.withMessageNotContaining("Did you mean");
		});
	}

	@Test
	void onlyConfiguredProviderIsPrimaryBesideOwnBeans() {
		runner().withUserConfiguration(Own.class)
			.run((context) -> assertThat(context.getBean(LlmProvider.class)).hasToString("Timeout(anthropic)"));
	}

	@Test
	void primaryWithoutAModelStopsTheStart() {
		runner().withPropertyValues("arcllm.provider=groq", "arcllm.providers.groq.api-key=k")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(LlmConfigException.class)
				.hasMessageContaining("'arcllm.providers.groq.model' is not set"));
	}

	@Test
	void chainMemberWithoutAModelStopsTheStart() {
		ApplicationContextRunner chained = runner().withPropertyValues("arcllm.provider=anthropic",
				"arcllm.providers.ollama.base-url=http://localhost:1", "arcllm.modules.fallback.enabled=true");
		chained.withPropertyValues("arcllm.modules.fallback.chain=ollama")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("'arcllm.providers.ollama.model' is not set"));
		chained.withPropertyValues("arcllm.modules.fallback.chain=ollama/llama3.2")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void nothingIsRequiredOfAnApplicationWithoutProviders() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(LlmProviders.class)
				.doesNotHaveBean(LlmProvider.class));
	}

	private static MockResponse json(int status, String body) {
		return new MockResponse.Builder().code(status).addHeader("content-type", "application/json").body(body).build();
	}

	@Configuration(proxyBeanMethods = false)
	static class Qualified {

		final LlmProvider primary;

		final LlmProvider openai;

		Qualified(LlmProvider primary, @Qualifier("openai") LlmProvider openai) {
			this.primary = primary;
			this.openai = openai;
		}

	}

	static class Shouting extends BaseModule {

		Shouting(LlmProvider inner) {
			super(inner);
		}

		@Override
		public Flux<LlmEvent> exchange(LlmRequest request) {
			return this.inner.exchange(request);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Own {

		@Bean
		LlmProvider mine() {
			return LlmProvider.of("mine", (request) -> LlmResponse.of("from my own"));
		}

	}

}
