package io.arcllm.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.arcllm.AuditSink;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.RequestMetadata;
import io.arcllm.autoconfigure.actuator.ArcllmEndpoint;
import io.arcllm.autoconfigure.actuator.Forget.Forgotten;
import io.arcllm.module.ratelimit.RedisServer;
import io.arcllm.provider.key.ApiKeySupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.cache.CacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What is kept of a tenant can be forgotten, and nothing of another's.
 */
@Timeout(60)
class ForgetTests {

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
			.withConfiguration(AutoConfigurations.of(ArcllmCacheAutoConfiguration.class,
					ArcllmRateLimitAutoConfiguration.class, ArcllmAuditAutoConfiguration.class,
					ArcllmActuatorAutoConfiguration.class, EndpointAutoConfiguration.class))
			.withBean(CacheManager.class, () -> new ConcurrentMapCacheManager("arcllm"))
			.withPropertyValues("management.endpoints.web.exposure.include=arcllm", "arcllm.modules.cache.enabled=true",
					"arcllm.modules.rate-limit.enabled=true", "arcllm.modules.rate-limit.by=tenant",
					"arcllm.providers.first.defaults.temperature=0");
	}

	private void answer(int times) {
		for (int i = 0; i < times; i++) {
			this.vendors.first.enqueue(Vendors.says("Hi", false));
		}
	}

	private static void ask(LlmProvider llm, String tenant) {
		llm.invoke(LlmRequest.of("hi").mutate().metadata(RequestMetadata.ofTenant(tenant)).build());
	}

	@ParameterizedTest
	@ValueSource(strings = { "memory", "spring" })
	void tenantIsForgottenAndNoOther(String store) {
		List<String> records = new CopyOnWriteArrayList<>();
		answer(3);
		runner().withPropertyValues("arcllm.modules.cache.store=" + store, "arcllm.modules.audit.enabled=true")
			.withBean(AuditSink.class, () -> (record) -> records.add(record.tenant() + " " + record.outcome()))
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).primary();
				ask(llm, "acme");
				ask(llm, "other");
				if (store.equals("spring")) {
					var kept = (Map<?, ?>) context.getBean(CacheManager.class).getCache("arcllm").getNativeCache();
					await().until(() -> kept.size() == 2);
				}
				ArcllmEndpoint endpoint = context.getBean(ArcllmEndpoint.class);
				assertThat(endpoint.act("forget", "acme", null)).isEqualTo(new Forgotten("acme", 1L, 0, 1, 0, 0));
				ask(llm, "other");
				assertThat(this.vendors.first.getRequestCount()).isEqualTo(2);
				ask(llm, "acme");
				assertThat(this.vendors.first.getRequestCount()).isEqualTo(3);
				assertThatExceptionOfType(InvalidEndpointRequestException.class)
					.isThrownBy(() -> endpoint.act("forget", "stranger", null))
					.withMessageContaining("nothing to forget of the tenant 'stranger'");
				await().untilAsserted(() -> assertThat(records).contains("acme forgotten"));
			});
	}

	@Test
	void whatOtherReplicasKeepInSpringsCacheIsForgottenToo() {
		CacheManager shared = new ConcurrentMapCacheManager("arcllm");
		answer(2);
		ApplicationContextRunner replica = runner().withPropertyValues("arcllm.modules.cache.store=spring")
			.withBean("shared", CacheManager.class, () -> shared, (bean) -> bean.setPrimary(true));
		replica.run((context) -> {
			ask(context.getBean(LlmProviders.class).primary(), "acme");
			var kept = (Map<?, ?>) shared.getCache("arcllm").getNativeCache();
			await().until(() -> kept.size() == 1);
		});
		replica.run((context) -> {
			assertThat(context.getBean(ArcllmEndpoint.class).act("forget", "acme", null))
				.isEqualTo(new Forgotten("acme", 1L, 0, 0, 0, 0));
			ask(context.getBean(LlmProviders.class).primary(), "acme");
			assertThat(this.vendors.first.getRequestCount()).isEqualTo(2);
		});
	}

	@Test
	void bucketsInRedisAreForgottenAndThoseOfNoOtherTenant() throws Exception {
		answer(6);
		try (RedisServer redis = RedisServer.start()) {
			ApplicationContextRunner replica = runner()
				.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
				.withPropertyValues("spring.data.redis.port=" + redis.port(), "arcllm.modules.cache.enabled=false",
						"arcllm.modules.rate-limit.store=redis", "arcllm.modules.rate-limit.requests-per-minute=1",
						"arcllm.modules.rate-limit.burst=1", "arcllm.modules.rate-limit.max-wait=1s");
			replica.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).primary();
				for (String tenant : List.of("acme", "acme:b", "other")) {
					ask(llm, tenant);
				}
			});
			replica.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).primary();
				ArcllmEndpoint endpoint = context.getBean(ArcllmEndpoint.class);
				assertThat(endpoint.act("forget", "acme", null)).isEqualTo(new Forgotten("acme", 0L, 0, 1, 0, 0));
				ask(llm, "acme");
				assertThatExceptionOfType(LlmException.class).isThrownBy(() -> ask(llm, "acme:b"));
				assertThatExceptionOfType(LlmException.class).isThrownBy(() -> ask(llm, "other"));
				assertThat(endpoint.act("forget", null, null)).isEqualTo(new Forgotten(null, 0L, 0, 3, 0, 0));
				ask(llm, "other");
			});
		}
	}

	@Test
	void allIsForgottenWithKeysThatWereBrought() {
		answer(4);
		runner().withBean(ApiKeySupplier.class, () -> (provider) -> "brought").run((context) -> {
			LlmProvider llm = context.getBean(LlmProviders.class).primary();
			ask(llm, "acme");
			ask(llm, "other");
			ArcllmEndpoint endpoint = context.getBean(ArcllmEndpoint.class);
			assertThat(endpoint.act("forget", null, null)).isEqualTo(new Forgotten(null, 2L, 0, 2, 1, 0));
			ask(llm, "acme");
			assertThat(this.vendors.first.getRequestCount()).isEqualTo(3);
		});
	}

}
