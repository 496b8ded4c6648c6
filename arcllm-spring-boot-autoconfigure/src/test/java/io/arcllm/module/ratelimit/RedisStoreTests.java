package io.arcllm.module.ratelimit;

import java.util.function.BiConsumer;
import io.github.bucket4j.ConfigurationBuilder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.module.Storm;
import io.arcllm.module.TestSettings;
import io.arcllm.module.attempt.ContractModule;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RedisStoreTests {

	private static final BiConsumer<LimitUnit, ConfigurationBuilder> NOTHING_ADDED = (unit, bucket) -> {
	};

	private static final Target TARGET = new Target("test", "model");

	private RedisServer redis;

	private RedisClient client;

	@BeforeEach
	void start() throws Exception {
		this.redis = RedisServer.start();
		this.client = RedisClient.create();
	}

	@AfterEach
	void stop() throws Exception {
		if (this.client != null) {
			this.client.shutdown(0, 1, TimeUnit.SECONDS);
		}
		if (this.redis != null) {
			this.redis.close();
		}
	}

	private static RateLimitSettings settings(int requests, @Nullable Integer tokens, int burst,
			RateLimitSettings.OnStoreFailure onStoreFailure) {
		return TestSettings.of(RateLimitSettings.class, "requests-per-minute", requests, "tokens-per-minute", tokens,
				"burst", burst, "max-wait", "0s", "store", RateLimitSettings.Store.REDIS, "on-store-failure",
				onStoreFailure);
	}

	private RedisStore store(RateLimitSettings settings) {
		return new RedisStore(TARGET, settings, NOTHING_ADDED, this.redis.connection(this.client));
	}

	private static boolean taken(LimitStore store, long tokens) {
		return store.take(tokens).join() == 0;
	}

	private static int takeAll(LimitStore... replicas) {
		int taken = 0;
		for (int i = 0; i < 60; i++) {
			taken += taken(replicas[i % replicas.length], 1) ? 1 : 0;
		}
		return taken;
	}

	@Test
	void twoReplicasTogetherNeverExceedTheLimit() throws Exception {
		RateLimitSettings settings = settings(120, null, 40, RateLimitSettings.OnStoreFailure.CLOSED);
		Storm storm = new Storm();
		RateLimitModule one = replica(storm, settings);
		RateLimitModule other = replica(storm, settings);
		AtomicInteger turn = new AtomicInteger();
		long start = System.nanoTime();
		storm.rage((request) -> ((turn.getAndIncrement() % 2 == 0) ? one : other).exchange(request));
		double minutes = (System.nanoTime() - start) / 60e9;
		assertThat((double) storm.asked.get()).isBetween(20.0, 40 + minutes * 120 + 1);
	}

	private RateLimitModule replica(Storm storm, RateLimitSettings settings) {
		RedisStore store = store(settings);
		assertThat(taken(store, 1)).isTrue();
		return new RateLimitModule(new ContractModule(storm, TARGET), new RateLimiter(TARGET, settings, store));
	}

	@Test
	void limitThatWasAddedHoldsForAllReplicasTogether() {
		RateLimitSettings settings = settings(600, null, 60, RateLimitSettings.OnStoreFailure.CLOSED);
		BiConsumer<LimitUnit, ConfigurationBuilder> sevenADay = (measure, bucket) -> bucket
			.addLimit((limit) -> limit.capacity(7).refillGreedy(7, Duration.ofDays(1)));
		RedisStore one = new RedisStore(TARGET, settings, sevenADay, this.redis.connection(this.client));
		RedisStore other = new RedisStore(TARGET, settings, sevenADay, this.redis.connection(this.client));
		assertThat(taken(store(settings), 1)).isTrue();
		assertThat(takeAll(one, other)).isEqualTo(7);
		assertThat(takeAll(store(settings))).isGreaterThan(40);
	}

	@Test
	void usageOfOneReplicaIsSeenByTheOther() {
		RateLimitSettings settings = settings(60, 6000, 60, RateLimitSettings.OnStoreFailure.CLOSED);
		RedisStore one = store(settings);
		RedisStore other = store(settings);
		RateLimiter limiter = new RateLimiter(TARGET, settings, one);
		assertThat(taken(one, 1000)).isTrue();
		limiter.settle(1000, Usage.of(9000, 0));
		await().atMost(Duration.ofSeconds(20)).until(() -> other.take(1).join() > TimeUnit.SECONDS.toNanos(20));
		limiter.refund(9000);
		await().atMost(Duration.ofSeconds(20)).until(() -> taken(other, 1));
	}

	@ParameterizedTest
	@ValueSource(ints = { 20, 80 })
	void changedLimitKeepsItsLevelInProportionForAllReplicasTogether(int changed) {
		RateLimitSettings before = settings(40, null, 40, RateLimitSettings.OnStoreFailure.CLOSED);
		RateLimitSettings after = settings(changed, null, changed, RateLimitSettings.OnStoreFailure.CLOSED);
		RedisStore one = store(before);
		RedisStore other = store(before);
		for (int i = 0; i < 20; i++) {
			assertThat(taken((i % 2 == 0) ? one : other, 1)).isTrue();
		}
		assertThat(one.use(after)).isTrue();
		assertThat(other.use(after)).isTrue();
		RedisStore third = store(after);
		await().until(() -> taken(third, 1) && third.requests() < changed / 2 + 3);
		assertThat(takeAll(one, other)).isBetween(changed / 2 - 8, changed / 2 + 5);
	}

	@ParameterizedTest
	@EnumSource(RateLimitSettings.OnStoreFailure.class)
	void killedInTheMiddleFollowsTheSettingAndRecovers(RateLimitSettings.OnStoreFailure choice) throws Exception {
		RateLimitSettings settings = settings(60, null, 10, choice);
		RedisStore one = store(settings);
		RedisStore other = store(settings);
		assertThat(takeAll(one, other)).isBetween(10, 12);
		this.redis.kill();
		switch (choice) {
			case LOCAL -> assertThat(takeAll(one)).isBetween(10, 13);
			case OPEN -> assertThat(takeAll(one)).isEqualTo(60);
			case CLOSED -> {
				assertThat(one.take(1)).failsWithin(Duration.ofSeconds(20));
				assertThat(new RateLimiter(TARGET, settings, one).status().queued()).isZero();
			}
		}
		this.redis.restart();
		await().atMost(Duration.ofSeconds(30)).ignoreExceptions().pollInterval(Duration.ofMillis(100)).until(() -> {
			one.take(1).join();
			other.take(1).join();
			return !one.isAway() && !other.isAway();
		});
		assertThat(takeAll(one, other)).isLessThanOrEqualTo(12);
	}

	@Test
	void whatRedisTookTooLateIsGivenBack() {
		RateLimitSettings settings = settings(6, null, 10, RateLimitSettings.OnStoreFailure.CLOSED);
		RedisStore store = store(settings);
		await().ignoreExceptions().until(() -> taken(store, 1));
		pause(900);
		assertThat(store.take(1)).failsWithin(Duration.ofSeconds(20));
		pause(0);
		RedisStore other = store(settings);
		assertThat(store.isAway()).isTrue();
		await().atMost(Duration.ofSeconds(20)).until(() -> other.requests() == 9);
		assertThat(taken(other, 1)).isTrue();
		assertThat(other.requests()).isEqualTo(8);
	}

	@Test
	void connectsBeforeItIsAsked() {
		AtomicInteger connections = new AtomicInteger();
		RedisConnection connection = this.redis.connection(this.client);
		new RedisStore(TARGET, settings(6, null, 10, RateLimitSettings.OnStoreFailure.CLOSED), NOTHING_ADDED, () -> {
			connections.incrementAndGet();
			return connection.connect();
		});
		assertThat(connections).hasValue(1);
	}

	/** Answers nothing for so long; waits until it answers again. */
	private void pause(long millis) {
		try (StatefulRedisConnection<String, String> connection = this.client
			.connect(RedisURI.create("redis://127.0.0.1:" + this.redis.port()))) {
			if (millis == 0) {
				connection.sync().ping();
			}
			else {
				connection.sync()
					.dispatch(CommandType.CLIENT, new StatusOutput<>(StringCodec.UTF8),
							new CommandArgs<>(StringCodec.UTF8).add("PAUSE").add(millis));
			}
		}
	}

	@Test
	void startsWithoutRedisAndFindsItLater() throws Exception {
		this.redis.kill();
		RedisStore store = store(settings(60, null, 10, RateLimitSettings.OnStoreFailure.LOCAL));
		assertThat(taken(store, 1)).isTrue();
		assertThat(store.isAway()).isTrue();
		this.redis.restart();
		await().atMost(Duration.ofSeconds(30)).until(() -> {
			store.take(1).join();
			return !store.isAway();
		});
	}

}
