package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmResponse;
import io.arcllm.WholeAndStreamed;
import io.arcllm.autoconfigure.module.CacheFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Timeout(60)
class CacheAutoConfigurationTests {

	private Vendors vendors;

	@BeforeEach
	void start() {
		this.vendors = new Vendors();
	}

	@AfterEach
	void stop() {
		this.vendors.close();
	}

	private ApplicationContextRunner runner() {
		return this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(ArcllmCacheAutoConfiguration.class))
			.withPropertyValues("arcllm.modules.cache.enabled=true", "arcllm.providers.first.defaults.temperature=0");
	}

	@WholeAndStreamed
	void answerIsKeptInMemoryWhereTheProvidersDefaultIsDeterministic(boolean streaming) {
		this.vendors.first.enqueue(Vendors.says("one", streaming));
		runner().run((context) -> {
			LlmProvider llm = context.getBean(LlmProviders.class).primary();
			assertThat(llm).hasToString("Cache(Timeout(first))");
			Vendors.ask(llm, streaming);
			LlmResponse hit = Vendors.ask(llm, streaming);
			assertThat(hit.text()).isEqualTo("one");
			assertThat(hit.trail().requests()).isZero();
			assertThat(this.vendors.first.getRequestCount()).isEqualTo(1);
			context.getBean(CacheFactory.class).forget(null);
			this.vendors.first.enqueue(Vendors.says("two", streaming));
			assertThat(Vendors.ask(llm, streaming).text()).isEqualTo("two");
		});
	}

	@Test
	void answerOfAnotherModelBehindANameInTheChainIsNotGiven() {
		CacheManager shared = new ConcurrentMapCacheManager("arcllm");
		ApplicationContextRunner named = runner()
			.withPropertyValues("arcllm.modules.cache.store=spring", "arcllm.modules.cache.cache-fallback=true",
					"arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=fast")
			.withBean(CacheManager.class, () -> shared);
		for (String target : List.of("second", "third", "second/small")) {
			this.vendors.first.enqueue(Vendors.fails("500"));
			this.vendors.second.enqueue(Vendors.says("second", false));
			this.vendors.third.enqueue(Vendors.says("third", false));
			named.withPropertyValues("arcllm.models.fast=" + target).run((context) -> {
				LlmResponse answer = context.getBean(LlmProviders.class).primary().invoke("hi");
				assertThat(answer.trail().requests()).isEqualTo(2);
				assertThat(answer.trail().last().target())
					.hasToString(target.equals("second") ? "second/m1" : target.equals("third") ? "third/m2" : target);
				var kept = (Map<?, ?>) shared.getCache("arcllm").getNativeCache();
				await().until(() -> !kept.isEmpty());
			});
		}
	}

	@WholeAndStreamed
	void answerIsKeptInTheCacheManagerOfTheApplication(boolean streaming) {
		this.vendors.first.enqueue(Vendors.says("one", streaming));
		runner().withPropertyValues("arcllm.modules.cache.store=spring")
			.withBean(CacheManager.class, () -> new ConcurrentMapCacheManager("arcllm"))
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).primary();
				Vendors.ask(llm, streaming);
				var kept = (Map<?, ?>) context.getBean(CacheManager.class).getCache("arcllm").getNativeCache();
				await().atMost(Duration.ofSeconds(10)).until(() -> kept.size() == 1);
				assertThat(kept.values()).allMatch(String.class::isInstance);
				LlmResponse hit = Vendors.ask(llm, streaming);
				assertThat(hit.text()).isEqualTo("one");
				assertThat(hit.age()).isNotNull();
				assertThat(this.vendors.first.getRequestCount()).isEqualTo(1);
			});
	}

	@ParameterizedTest
	@CsvSource({ "false, false", "false, true", "true, false", "true, true" })
	void answerOfAnotherTargetIsKeptOnlyWhereThatIsSaid(boolean kept, boolean streaming) {
		for (int i = 0; i < 2; i++) {
			this.vendors.first.enqueue(Vendors.fails("500"));
			this.vendors.second.enqueue(Vendors.says("two", streaming));
		}
		runner()
			.withPropertyValues("arcllm.modules.cache.cache-fallback=" + kept, "arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=second")
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).primary();
				for (int i = 0; i < 2; i++) {
					assertThat(Vendors.ask(llm, streaming).provider()).isEqualTo("second");
				}
				assertThat(this.vendors.second.getRequestCount()).isEqualTo(kept ? 1 : 2);
			});
	}

	@Test
	void missingCacheManagerStopsTheStart() {
		runner().withPropertyValues("arcllm.modules.cache.store=spring")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("there is no CacheManager with a cache named 'arcllm'"));
	}

}
