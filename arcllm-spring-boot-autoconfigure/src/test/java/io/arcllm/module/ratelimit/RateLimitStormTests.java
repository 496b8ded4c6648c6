package io.arcllm.module.ratelimit;

import java.time.Duration;

import io.arcllm.Target;
import io.arcllm.module.ContractModule;
import io.arcllm.module.Storm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RateLimitStormTests {

	@ParameterizedTest
	@CsvSource({ "2000, 0", "1000000, 100", "300000, 30000" })
	void neverMoreThanTheLimitAndNothingIsLost(int perMinute, long maxWaitMillis) throws Exception {
		int burst = 50;
		Storm storm = new Storm();
		Target target = new Target("storm", null);
		RateLimiter limiter = new RateLimiter(target,
				new RateLimitSettings(perMinute, null, burst, Duration.ofMillis(maxWaitMillis),
						RateLimitSettings.Store.MEMORY, RateLimitSettings.OnStoreFailure.LOCAL));
		long start = System.nanoTime();
		storm.rage(new RateLimitModule(new ContractModule(storm, target), limiter));
		await().atMost(Duration.ofSeconds(5)).until(() -> limiter.status().queued() == 0);
		double minutes = (System.nanoTime() - start) / 60e9;
		assertThat((double) storm.asked.get()).isLessThanOrEqualTo(burst + minutes * perMinute + 1);
		assertThat(storm.asked.get()).isPositive();
		assertThat(limiter.status().admitted() + limiter.status().refused()).isLessThanOrEqualTo(Storm.CALLS);
		assertThat(limiter.status().requests()).isLessThanOrEqualTo(burst);
		assertThat(storm.running).hasValue(0);
	}

	@ParameterizedTest
	@CsvSource({ "0", "1000" })
	void tokensComeOutExact(long maxWaitMillis) throws Exception {
		Storm storm = new Storm();
		Target target = new Target("storm", null);
		RateLimitSettings settings = new RateLimitSettings(null, 1_000_000_000, null, Duration.ofMillis(maxWaitMillis),
				RateLimitSettings.Store.MEMORY, RateLimitSettings.OnStoreFailure.LOCAL);
		CountingStore store = new CountingStore();
		storm.rage(new RateLimitModule(new ContractModule(storm, target), new RateLimiter(target, settings, store)));
		await().atMost(Duration.ofSeconds(5))
			.untilAsserted(() -> assertThat(store.requests.get()).isEqualTo(storm.asked.get()));
		assertThat(store.tokens.get()).isGreaterThanOrEqualTo(storm.tokens.get());
	}

}
