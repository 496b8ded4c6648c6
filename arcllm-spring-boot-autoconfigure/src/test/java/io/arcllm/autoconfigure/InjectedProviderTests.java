package io.arcllm.autoconfigure;

import java.util.List;
import java.util.function.Consumer;

import io.arcllm.CallOptions;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What an application gets, or is told, that injects a provider.
 */
@ExtendWith(OutputCaptureExtension.class)
class InjectedProviderTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class))
		.withPropertyValues("arcllm.providers.anthropic.api-key=k");

	@Test
	void severalProvidersAndNoPrimaryAreExplainedToWhoInjectsOne() {
		this.runner.withUserConfiguration(Asking.class)
			.withPropertyValues("arcllm.providers.openai.api-key=k")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(LlmConfigException.class)
				.hasMessageContaining("There are several providers (anthropic, openai)")
				.hasMessageContaining("Set arcllm.provider"));
	}

	@Test
	void whoInjectsAProviderWhereThereIsNoneIsToldTheKey(CapturedOutput output) {
		SpringApplicationBuilder application = new SpringApplicationBuilder(Asking.class, Bare.class)
			.web(WebApplicationType.NONE);
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> application.run("--spring.main.banner-mode=off"));
		assertThat(output).contains("No provider is configured")
			.contains("Set arcllm.providers.<name>")
			.doesNotContain("Consider defining a bean");
	}

	@Test
	void whoInjectsAProviderThatIsNotConfiguredIsToldTheNearestOne(CapturedOutput output) {
		SpringApplicationBuilder application = new SpringApplicationBuilder(Misspelt.class, Bare.class)
			.web(WebApplicationType.NONE);
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> application.run("--arcllm.providers.openai.api-key=k"));
		assertThat(output).contains("opnai").contains("Did you mean 'openai'?");
	}

	@Test
	void blankPrimaryIsAsIfItWereNotThere() {
		this.runner.withUserConfiguration(Own.class)
			.withPropertyValues("arcllm.provider=${NOT_SET:}")
			.run((context) -> assertThat(context.getBean(LlmProvider.class)).hasToString("Timeout(anthropic)"));
	}

	@Test
	void beanMarkedAsPrimaryIsInjectedAsItIs(CapturedOutput output) {
		this.runner.withUserConfiguration(Marked.class, Asker.class).run((context) -> {
			assertThat(context.getBean(Asker.class).provider).isSameAs(context.getBean("mine"));
			assertThat(context.getBean(LlmProvider.class)).isSameAs(context.getBean("mine"));
		});
		assertThat(output).contains("Injected without a name is the bean 'mine' as it is");
	}

	@Test
	void beanMarkedAsPrimaryMakesUpForAPrimaryAmongSeveral(CapturedOutput output) {
		this.runner.withUserConfiguration(Marked.class, Asker.class)
			.withPropertyValues("arcllm.providers.openai.api-key=k")
			.run((context) -> {
				assertThat(context.getBean(Asker.class).provider).isSameAs(context.getBean("mine"));
				assertThat(context.getBean(LlmProviders.class).load("openai")).hasToString("Timeout(openai)");
			});
		assertThat(output).contains("the bean 'mine' as it is");
	}

	@Test
	void beanMarkedAsPrimaryAloneIsInjectedAsItIs(CapturedOutput output) {
		withoutProviders().withUserConfiguration(Marked.class, Asker.class)
			.run((context) -> assertThat(context.getBean(Asker.class).provider).isSameAs(context.getBean("mine")));
		assertThat(output).contains("the bean 'mine' as it is");
	}

	@Test
	void beanMarkedAsPrimaryGetsItsStackWhereItIsNamed(CapturedOutput output) {
		this.runner.withUserConfiguration(Marked.class, Asker.class)
			.withPropertyValues("arcllm.provider=mine", "arcllm.modules.retry.enabled=true")
			.run((context) -> assertThat(context.getBean(Asker.class).provider).hasToString("Retry(Timeout(mine))"));
		assertThat(output).contains("Calls go through Retry(Timeout(mine))").doesNotContain("as it is");
	}

	@Test
	void onlyBeanIsInjectedWithItsStack(CapturedOutput output) {
		withoutProviders().withUserConfiguration(Own.class, Asker.class)
			.withPropertyValues("arcllm.modules.retry.enabled=true")
			.run((context) -> {
				assertThat(context.getBean(Asker.class).provider).hasToString("Retry(Timeout(mine))");
				assertThat(context.getBean(Asker.class).provider.invoke("hi").trail().requests()).isOne();
			});
		assertThat(output).contains("Calls go through Retry(Timeout(mine))").doesNotContain("as it is");
	}

	@Test
	void beanWithItsQualifierIsWhatWasMade() {
		withoutProviders().withUserConfiguration(Own.class, Named.class)
			.run((context) -> assertThat(context.getBean(Named.class).provider).isSameAs(context.getBean("mine")));
	}

	@Test
	void ownProvidersMakeTheBeans() {
		this.runner.withUserConfiguration(OwnProviders.class)
			.run((context) -> assertThat(context.getBean(LlmProvider.class)).hasToString("own anthropic"));
	}

	private static ApplicationContextRunner withoutProviders() {
		return new ApplicationContextRunner().withConfiguration(
				AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class));
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class })
	static class Bare {

	}

	@Configuration(proxyBeanMethods = false)
	static class Asking {

		@Bean
		Object asking(LlmProvider provider) {
			return "asks " + provider;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Misspelt {

		@Bean
		Object asking(@Qualifier("opnai") LlmProvider provider) {
			return "asks " + provider;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Own {

		@Bean
		LlmProvider mine() {
			return LlmProvider.of("mine", (request) -> LlmResponse.of("mine"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Marked {

		@Bean
		@Primary
		LlmProvider mine() {
			return LlmProvider.of("mine", (request) -> LlmResponse.of("mine"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Asker {

		final LlmProvider provider;

		Asker(LlmProvider provider) {
			this.provider = provider;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Named {

		final LlmProvider provider;

		Named(@Qualifier("mine") LlmProvider provider) {
			this.provider = provider;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnProviders {

		@Bean
		LlmProviders directory() {
			return new LlmProviders() {

				@Override
				public LlmProvider load(String target) {
					return LlmProvider.of("own " + target, (request) -> LlmResponse.of("mine"));
				}

				@Override
				public LlmProvider load(String target, Consumer<CallOptions.Builder> options) {
					return load(target);
				}

				@Override
				public LlmProvider primary() {
					return load("anthropic");
				}

				@Override
				public List<String> names() {
					return List.of("anthropic");
				}

				@Override
				public List<Target> targets() {
					return List.of();
				}

			};
		}

	}

}
