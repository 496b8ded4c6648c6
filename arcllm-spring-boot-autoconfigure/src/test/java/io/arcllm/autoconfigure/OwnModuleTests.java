package io.arcllm.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmModule;
import io.arcllm.ErrorKind;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.RequestMetadata;
import io.arcllm.Target;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.BaseModule;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

import org.springframework.beans.factory.BeanCurrentlyInCreationException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A module of the application's own, as its documentation shows it.
 */
class OwnModuleTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class))
		.withUserConfiguration(Own.class)
		.withPropertyValues("arcllm.provider=mine", "arcllm.modules.retry.enabled=true");

	@WholeAndStreamed
	void exampleOfTheDocumentationWorks(boolean streaming) {
		this.runner.withUserConfiguration(TenantModule.class).run((context) -> {
			LlmProvider provider = context.getBean(LlmProvider.class);
			LlmRequest.Builder request = LlmRequest.builder().messages(Message.user("hi")).streaming(streaming);
			assertThatExceptionOfType(LlmException.class).isThrownBy(() -> provider.invoke(request.build()))
				.withMessage("The call has no tenant");
			assertThat(provider.invoke(request.metadata(new RequestMetadata("acme", null, Map.of())).build()).text())
				.isEqualTo("hello");
		});
	}

	@WholeAndStreamed
	void moduleThatKeepsTheAnswerToItselfIsNoSuccess(boolean streaming) {
		LlmModule drops = (inner) -> (request) -> inner.exchange(request).filter((event) -> event.answer() == null);
		this.runner.withBean("drops", LlmModule.class, () -> drops)
			.run((context) -> assertThatExceptionOfType(LlmException.class)
				.isThrownBy(() -> context.getBean(LlmProvider.class)
					.exchange(LlmRequest.of("hi").withStreaming(streaming))
					.blockLast())
				.satisfies((failure) -> {
					assertThat(failure.kind()).isEqualTo(ErrorKind.INTERRUPTED);
					assertThat(failure.trail().requests()).isOne();
				}));
	}

	@Test
	void moduleThatReturnsNothingStopsTheStartAndIsNamed() {
		this.runner.withBean("nothing", LlmModule.class, () -> (inner) -> null)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(LlmConfigException.class)
				.hasMessageContaining("The LlmModule 'nothing' returned null"));
	}

	@Test
	void deadlineOfCenturiesIsNone() {
		this.runner.withPropertyValues("arcllm.deadline=9999999d")
			.run((context) -> assertThat(context.getBean(LlmProvider.class).invoke("hi").text()).isEqualTo("hello"));
	}

	@Test
	void documentationShowsTheExampleAsItIs() throws IOException {
		String source = Files.readString(Path.of("src/test/java/io/arcllm/autoconfigure/TenantModule.java"));
		String shown = source.substring(source.indexOf("@Component"));
		assertThat(Files.readString(Path.of("../docs/modules.md"))).contains(shown);
	}

	@Test
	void orderSaysWhereItStands() {
		this.runner.withUserConfiguration(TenantModule.class)
			.run((context) -> assertThat(context.getBean(LlmProvider.class))
				.hasToString("Tenant(Retry(Timeout(mine)))"));
	}

	@Test
	void nameInTheOrderSaysWhereItStands() {
		this.runner.withUserConfiguration(Named.class)
			.withPropertyValues("arcllm.modules.order=retry,guard,fallback,timeout")
			.run((context) -> assertThat(context.getBean(LlmProvider.class))
				.hasToString("Retry(Tenant(Timeout(mine)))"));
	}

	@Test
	void withoutAPlaceItStandsInnermost() {
		this.runner.withUserConfiguration(Named.class)
			.run((context) -> assertThat(context.getBean(LlmProvider.class))
				.hasToString("Retry(Timeout(Tenant(mine)))"));
	}

	@Test
	void moduleIsToldTheTargetThatItWraps() {
		List<Target> wrapped = new CopyOnWriteArrayList<>();
		this.runner
			.withPropertyValues("arcllm.provider=openai/a", "arcllm.providers.openai.api-key=k",
					"arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=mine",
					"arcllm.modules.order=outer,retry,fallback,inner,timeout")
			.withBean("outer", LlmModule.class, () -> new Told(wrapped))
			.withBean("inner", LlmModule.class, () -> new Told(wrapped))
			.run((context) -> {
				assertThat(context.getBean(LlmProvider.class).toString()).contains("openai");
				assertThat(wrapped).containsOnly(new Target("openai", "a")).hasSize(2);
			});
	}

	private record Told(List<Target> wrapped) implements LlmModule {

		@Override
		public LlmProvider around(LlmProvider inner) {
			throw new AssertionError("The target is known");
		}

		@Override
		public LlmProvider around(LlmProvider inner, Target target) {
			this.wrapped.add(target);
			return inner;
		}

	}

	@Test
	void configurationSwitchesItOff() {
		this.runner.withUserConfiguration(Named.class)
			.withPropertyValues("arcllm.modules.order=retry,guard,fallback,timeout",
					"arcllm.modules.guard.enabled=false")
			.run((context) -> assertThat(context.getBean(LlmProvider.class)).hasToString("Retry(Timeout(mine))"));
	}

	@Test
	void configurationSwitchesOneOffThatStandsByItsOrder() {
		this.runner.withUserConfiguration(TenantModule.class, Ordered.class)
			.withPropertyValues("arcllm.modules.tenant-module.enabled=false", "arcllm.modules.guard.enabled=true")
			.run((context) -> assertThat(context.getBean(LlmProvider.class))
				.hasToString("Retry(Tenant(Timeout(mine)))"));
		this.runner.withUserConfiguration(TenantModule.class, Ordered.class)
			.withPropertyValues("arcllm.modules.tenantModule.enabled=true", "arcllm.modules.guard.enabled=false")
			.run((context) -> assertThat(context.getBean(LlmProvider.class))
				.hasToString("Tenant(Retry(Timeout(mine)))"));
	}

	@Test
	void providerSwitchesOneOffForItselfAlone() {
		this.runner.withUserConfiguration(Ordered.class)
			.withPropertyValues("arcllm.providers.openai.api-key=k", "arcllm.providers.ollama.model=m",
					"arcllm.providers.openai.modules.guard.enabled=false",
					"arcllm.providers.ollama.modules.guard.any.key=1")
			.run((context) -> {
				LlmProviders providers = context.getBean(LlmProviders.class);
				assertThat(providers.load("openai")).hasToString("Retry(Timeout(openai))");
				assertThat(providers.load("ollama")).hasToString("Retry(Tenant(Timeout(ollama)))");
			});
	}

	@Test
	void keysUnderItsNameAreItsOwnWithoutAPlaceInTheOrder() {
		this.runner.withUserConfiguration(Ordered.class)
			.withPropertyValues("arcllm.modules.guard.any.key=1", "arcllm.modules.guard.list[0]=x")
			.run((context) -> assertThat(context.getBean(LlmProvider.class))
				.hasToString("Retry(Tenant(Timeout(mine)))"));
		this.runner.withPropertyValues("arcllm.modules.guard.any.key=1")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("'arcllm.modules.guard.any.key'")
				.hasMessageContaining("is not known"));
	}

	@WholeAndStreamed
	void moduleMayAskOtherProviders(boolean streaming) {
		this.runner.withUserConfiguration(Judging.class, Judge.class).run((context) -> {
			LlmProvider provider = context.getBean(LlmProvider.class);
			assertThat(provider).hasToString("Retry(Timeout(Judging(mine)))");
			assertThat(Vendors.ask(provider, streaming).text()).isEqualTo("hello");
			assertThat(context.getBean(Judging.class).asked).containsExactly("fair");
		});
	}

	@Test
	void moduleMayHaveALazyProvider() {
		this.runner.withUserConfiguration(LazilyJudging.class).run((context) -> {
			LlmProvider provider = context.getBean(LlmProvider.class);
			assertThat(provider).hasToString("Retry(Timeout(Tenant(mine)))");
			assertThat(context.getBean(LazilyJudging.class).primary).hasToString(provider.toString());
		});
	}

	@Test
	void moduleThatNeedsAProviderAtOnceStopsTheStartAsACycle() {
		this.runner.withUserConfiguration(AtOnce.class)
			.withPropertyValues("arcllm.providers.openai.api-key=k")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(BeanCurrentlyInCreationException.class)
				.hasMessageContaining("'judging'"));
	}

	@Test
	void functionGetsAsManyThreadsAsItsBulkheadLetsCallsIn() {
		int calls = 80;
		CountDownLatch together = new CountDownLatch(calls);
		this.runner.withBean("many", LlmProvider.class, () -> LlmProvider.of("many", (request) -> together(together)))
			.withPropertyValues("arcllm.modules.bulkhead.enabled=true",
					"arcllm.modules.bulkhead.max-concurrent=" + calls)
			.run((context) -> {
				LlmProvider many = context.getBean(LlmProviders.class).load("many");
				List<String> answers = Flux.range(0, calls)
					.flatMap((i) -> many.invokeAsync(LlmRequest.of("hi")), calls)
					.map(LlmResponse::text)
					.collectList()
					.block(Duration.ofSeconds(30));
				assertThat(answers).hasSize(calls).containsOnly("true");
			});
	}

	private static LlmResponse together(CountDownLatch all) {
		all.countDown();
		try {
			return LlmResponse.of(String.valueOf(all.await(20, TimeUnit.SECONDS)));
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Own {

		@Bean
		LlmProvider mine() {
			return LlmProvider.of("mine", (request) -> LlmResponse.of("hello"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Named {

		@Bean
		LlmModule guard() {
			return TenantModule.Tenant::new;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Ordered {

		@Bean
		@Order(650)
		LlmModule guard() {
			return TenantModule.Tenant::new;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Judge {

		@Bean
		LlmProvider judge() {
			return LlmProvider.of("judge", (request) -> LlmResponse.of("fair"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Judging {

		final List<String> asked = new CopyOnWriteArrayList<>();

		@Bean
		LlmModule judging(LlmProviders providers) {
			return (inner) -> new BaseModule(inner) {

				@Override
				public Flux<LlmEvent> exchange(LlmRequest request) {
					return providers.load("judge", (o) -> o.module("judging", false))
						.stream(request)
						.doOnNext((event) -> {
							if (event instanceof LlmEvent.Completed completed) {
								Judging.this.asked.add(completed.response().text());
							}
						})
						.thenMany(this.inner.exchange(request));
				}

				@Override
				public String toString() {
					return "Judging(" + this.inner + ")";
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazilyJudging {

		LlmProvider primary;

		@Bean
		LlmModule judging(@Lazy LlmProvider primary) {
			this.primary = primary;
			return TenantModule.Tenant::new;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AtOnce {

		@Bean
		LlmModule judging(@Qualifier("openai") LlmProvider openai) {
			return TenantModule.Tenant::new;
		}

	}

}
