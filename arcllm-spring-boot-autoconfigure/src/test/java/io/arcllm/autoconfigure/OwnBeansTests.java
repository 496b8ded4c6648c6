package io.arcllm.autoconfigure;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmModule;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.WholeAndStreamed;
import io.arcllm.autoconfigure.stack.LlmWebClientCustomizer;
import io.arcllm.module.routing.Scores;
import io.arcllm.module.telemetry.CallMeters;
import io.arcllm.module.telemetry.ModelTags;
import io.arcllm.provider.error.DefaultErrorClassifier;
import io.arcllm.provider.error.ErrorClassifier;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.ObjectMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.retry.RetryPolicy;
import org.springframework.retry.backoff.BackOffPolicy;
import org.springframework.retry.support.RetryTemplate;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Beans of the application's own in the place of ours, and beans that are only its own.
 */
class OwnBeansTests {

	@AutoClose
	private final Vendors vendors = new Vendors();

	@WholeAndStreamed
	void ownClassifierDecidesWhatFollows(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("500"));
		this.vendors.runner()
			.withUserConfiguration(Strict.class)
			.withPropertyValues("arcllm.modules.retry.enabled=true", "arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=second")
			.run((context) -> {
				assertThat(context).hasSingleBean(ErrorClassifier.class);
				LlmProvider provider = context.getBean(LlmProvider.class);
				assertThatExceptionOfType(LlmException.class).isThrownBy(() -> Vendors.ask(provider, streaming))
					.satisfies((failure) -> {
						assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
						assertThat(failure.trail().requests()).isOne();
					});
			});
	}

	@WholeAndStreamed
	void ownClassifierThatDoesNotKnowLeavesItToOurs(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("529"));
		this.vendors.runner()
			.withBean(ErrorClassifier.class, () -> (error) -> null)
			.run((context) -> assertThatExceptionOfType(LlmException.class)
				.isThrownBy(() -> Vendors.ask(context.getBean(LlmProvider.class), streaming))
				.satisfies((failure) -> assertThat(failure.kind()).isEqualTo(ErrorKind.OVERLOADED)));
	}

	@WholeAndStreamed
	void customizerOfTheConnectionKnowsTheProvider(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("529"));
		this.vendors.second.enqueue(Vendors.says("hello", streaming));
		this.vendors.runner()
			.withBean(LlmWebClientCustomizer.class,
					() -> (provider, client) -> client.defaultHeader("x-seen", "of " + provider))
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second")
			.run((context) -> {
				Vendors.ask(context.getBean(LlmProvider.class), streaming);
				assertThat(this.vendors.first.takeRequest().getHeaders().get("x-seen")).isEqualTo("of first");
				assertThat(this.vendors.second.takeRequest().getHeaders().get("x-seen")).isEqualTo("of second");
			});
	}

	@WholeAndStreamed
	void lastErrorIsThrownWhereThatIsConfigured(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("529"));
		this.vendors.second.enqueue(Vendors.fails("500"));
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second",
					"arcllm.modules.fallback.on-exhausted=last")
			.run((context) -> {
				LlmProvider provider = context.getBean(LlmProvider.class);
				assertThatExceptionOfType(LlmException.class).isThrownBy(() -> Vendors.ask(provider, streaming))
					.satisfies((failure) -> {
						assertThat(failure.status()).isEqualTo(500);
						assertThat(failure.others()).extracting(LlmException::status).containsExactly(529);
					});
			});
	}

	@WholeAndStreamed
	void chainOfACallIsGoneDownForThatCallAlone(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("529"));
		this.vendors.third.enqueue(Vendors.says("third", streaming));
		this.vendors.first.enqueue(Vendors.fails("529"));
		this.vendors.runner().run((context) -> {
			LlmProvider provider = context.getBean(LlmProvider.class);
			LlmRequest request = LlmRequest.builder()
				.messages(Message.user("hi"))
				.streaming(streaming)
				.callOptions((o) -> o.chain("third/other"))
				.build();
			assertThat(provider.invoke(request).provider()).isEqualTo("third");
			assertThatExceptionOfType(LlmException.class).isThrownBy(() -> Vendors.ask(provider, streaming));
		});
	}

	@Test
	void orderOfABeanMethodSaysWhereAModuleStands() {
		this.vendors.runner()
			.withUserConfiguration(Ordered.class)
			.withPropertyValues("arcllm.modules.retry.enabled=true")
			.run((context) -> assertThat(context.getBean(LlmProvider.class))
				.hasToString("Retry(Tenant(Timeout(first)))"));
	}

	@WholeAndStreamed
	void twoBuildersOfClientsStopNoStart(boolean streaming) throws InterruptedException {
		this.vendors.first.enqueue(Vendors.says("hello", streaming));
		this.vendors.runner()
			.withBean("one", WebClient.Builder.class, () -> WebClient.builder().defaultHeader("x-of", "one"))
			.withBean("two", WebClient.Builder.class, () -> WebClient.builder().defaultHeader("x-of", "two"))
			.run((context) -> assertThat(Vendors.ask(context.getBean(LlmProvider.class), streaming).text())
				.isEqualTo("hello"));
		assertThat(this.vendors.first.takeRequest().getHeaders().get("x-of")).isNull();
	}

	@WholeAndStreamed
	void primaryOneOfTwoBuildersIsUsed(boolean streaming) throws InterruptedException {
		this.vendors.first.enqueue(Vendors.says("hello", streaming));
		this.vendors.runner()
			.withBean("one", WebClient.Builder.class, () -> WebClient.builder().defaultHeader("x-of", "one"))
			.withBean("two", WebClient.Builder.class, () -> WebClient.builder().filter(OwnBeansTests::ofTwo),
					(definition) -> definition.setPrimary(true))
			.run((context) -> Vendors.ask(context.getBean(LlmProvider.class), streaming));
		assertThat(this.vendors.first.takeRequest().getHeaders().get("x-of")).isEqualTo("two");
	}

	private static Mono<ClientResponse> ofTwo(ClientRequest request, ExchangeFunction next) {
		return next.exchange(ClientRequest.from(request).header("x-of", "two").build());
	}

	@WholeAndStreamed
	void ownScoresLearnAndAreAsked(boolean streaming) {
		this.vendors.first.enqueue(Vendors.says("hello", streaming));
		this.vendors.second.enqueue(Vendors.says("hello", streaming));
		AtomicInteger read = new AtomicInteger();
		Scores own = new Scores(() -> {
			read.incrementAndGet();
			return System.nanoTime();
		});
		this.vendors.runner()
			.withBean("mine", Scores.class, () -> own)
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second",
					"arcllm.modules.fallback.selection=health")
			.run((context) -> {
				assertThat(context).getBean(Scores.class).isSameAs(own);
				Vendors.ask(context.getBean(LlmProvider.class), streaming);
				assertThat(read).hasPositiveValue();
			});
	}

	@WholeAndStreamed
	void ownMetersCountInThePlaceOfOurs(boolean streaming) {
		this.vendors.first.enqueue(Vendors.says("hello", streaming));
		SimpleMeterRegistry elsewhere = new SimpleMeterRegistry();
		CallMeters own = new CallMeters(elsewhere, new ModelTags(List.of()), (provider) -> true);
		this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(ArcllmTelemetryAutoConfiguration.class))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean("mine", CallMeters.class, () -> own)
			.run((context) -> {
				assertThat(context).getBean(CallMeters.class).isSameAs(own);
				Vendors.ask(context.getBean(LlmProvider.class), streaming);
				assertThat(elsewhere.get("arcllm.attempts").counter().count()).isOne();
				assertThat(context.getBean(MeterRegistry.class).find("arcllm.attempts").counter()).isNull();
			});
	}

	@Test
	void nothingThatOthersUseIsRegistered() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class))
			.withPropertyValues("arcllm.providers.anthropic.api-key=k")
			.run((context) -> {
				for (Class<?> type : new Class<?>[] { RetryTemplate.class, RetryPolicy.class, BackOffPolicy.class,
						ObjectMapper.class, WebClient.class, WebClient.Builder.class, Clock.class, Scheduler.class }) {
					assertThat(context).doesNotHaveBean(type);
				}
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class Strict {

		@Bean
		ErrorClassifier strict() {
			DefaultErrorClassifier usual = new DefaultErrorClassifier();
			return (error) -> (error.status() == 500) ? ErrorKind.INVALID_REQUEST : usual.classify(error);
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

}
