package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.function.Function;
import java.util.stream.Stream;

import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.RequestMetadata;
import io.arcllm.autoconfigure.module.CacheFactory;
import io.arcllm.module.ratelimit.RedisServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;
import org.springframework.data.redis.serializer.RedisSerializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Answers in the caches that applications have: in memory, in Caffeine, and in a Redis
 * that is started and killed, however its values are serialized.
 */
@Timeout(60)
class CacheManagerTests {

	private static RedisServer redis;

	@AutoClose
	private final Vendors vendors = new Vendors();

	@BeforeAll
	static void start() throws Exception {
		redis = RedisServer.start();
	}

	@AfterAll
	static void stop() throws Exception {
		if (redis != null) {
			redis.close();
		}
	}

	/** Two managers of one store, as two replicas have them, where that can be. */
	static Stream<Arguments> managers() {
		CacheManager map = new ConcurrentMapCacheManager("arcllm");
		CacheManager caffeine = new CaffeineCacheManager("arcllm");
		CaffeineCacheManager async = new CaffeineCacheManager();
		async.setAsyncCacheMode(true);
		return Stream.of(Arguments.of("map", same(map), true), Arguments.of("caffeine", same(caffeine), true),
				Arguments.of("caffeine, asynchronous", same(async), true),
				Arguments.of("redis, serialized by Java", redis((config) -> config), false),
				Arguments.of("redis, as JSON",
						redis((config) -> config
							.serializeValuesWith(SerializationPair.fromSerializer(RedisSerializer.json()))),
						false),
				Arguments
					.of("redis, as text",
							redis((config) -> config
								.serializeValuesWith(SerializationPair.fromSerializer(RedisSerializer.string()))),
							false));
	}

	private static Function<RedisServer, CacheManager> same(CacheManager manager) {
		return (server) -> manager;
	}

	private static Function<RedisServer, CacheManager> redis(
			Function<RedisCacheConfiguration, RedisCacheConfiguration> serialization) {
		return (server) -> {
			LettuceConnectionFactory connections = new LettuceConnectionFactory("127.0.0.1", server.port());
			connections.start();
			return RedisCacheManager.builder(connections)
				.cacheDefaults(serialization.apply(RedisCacheConfiguration.defaultCacheConfig()))
				.build();
		};
	}

	private ApplicationContextRunner runner(CacheManager manager) {
		return this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(ArcllmCacheAutoConfiguration.class))
			.withBean(CacheManager.class, () -> manager)
			.withPropertyValues("arcllm.modules.cache.enabled=true", "arcllm.modules.cache.store=spring",
					"arcllm.providers.first.defaults.temperature=0");
	}

	private static LlmResponse ask(LlmProvider llm, String tenant) {
		return llm.invoke(LlmRequest.of("hi").mutate().metadata(RequestMetadata.ofTenant(tenant)).build());
	}

	/** More than are asked for before one is kept. */
	private void answers() {
		for (int i = 0; i < 300; i++) {
			this.vendors.first.enqueue(Vendors.says("answer " + i, false));
		}
	}

	/** Answers are written beside the call. */
	private static void awaitKept(LlmProvider llm, String tenant) {
		await().atMost(Duration.ofSeconds(30)).until(() -> ask(llm, tenant).age() != null);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("managers")
	void answersAreGivenByEveryReplicaUntilTheirTenantIsForgotten(String name,
			Function<RedisServer, CacheManager> managers, boolean counts) {
		answers();
		runner(managers.apply(redis)).run((context) -> {
			LlmProvider llm = context.getBean(LlmProviders.class).primary();
			context.getBean(CacheFactory.class).forget(null);
			awaitKept(llm, "acme");
			awaitKept(llm, "other");
		});
		runner(managers.apply(redis)).run((context) -> {
			LlmProvider llm = context.getBean(LlmProviders.class).primary();
			awaitKept(llm, "warm-up");
			LlmResponse hit = ask(llm, "acme");
			assertThat(hit.text()).startsWith("answer ");
			assertThat(hit.age()).isNotNull();
			assertThat(context.getBean(CacheFactory.class).forget("acme").isPresent()).isEqualTo(counts);
			assertThat(ask(llm, "other").age()).isNotNull();
			// Spring's cache of Redis may write beside the call, too
			await().atMost(Duration.ofSeconds(30)).until(() -> ask(llm, "acme").age() == null);
		});
	}

	@Test
	void callsGoOnWhereTheCacheIsKilledInTheMiddle() throws Exception {
		try (RedisServer own = RedisServer.start()) {
			answers();
			runner(redis((config) -> config).apply(own)).run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).primary();
				await().atMost(Duration.ofSeconds(30)).until(() -> ask(llm, "acme").age() != null);
				own.kill();
				for (int i = 0; i < 3; i++) {
					assertThat(ask(llm, "acme").age()).isNull();
				}
				own.restart();
				await().atMost(Duration.ofSeconds(30)).until(() -> ask(llm, "acme").age() != null);
			});
		}
	}

	@Test
	void ofSeveralManagersTheOneThatNamesTheCacheIsUsed() {
		answers();
		CacheManager named = new ConcurrentMapCacheManager("arcllm");
		runner(new ConcurrentMapCacheManager("others")).withBean("named", CacheManager.class, () -> named)
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).primary();
				ask(llm, "acme");
				awaitKept(llm, "acme");
			});
	}

}
