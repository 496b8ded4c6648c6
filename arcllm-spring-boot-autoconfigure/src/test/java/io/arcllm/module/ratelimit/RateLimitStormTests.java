package io.arcllm.module.ratelimit;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;

import io.arcllm.Target;
import io.arcllm.module.Counted;
import io.arcllm.module.Storm;
import io.arcllm.module.TestSettings;
import io.arcllm.module.attempt.ContractModule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RateLimitStormTests {

	@ParameterizedTest
	@CsvSource({ "2000, 0", "1000000, 100", "300000, 30000" })
	void neverMoreThanTheLimitAndNothingIsLost(int perMinute, long maxWaitMillis) throws Exception {
		int burst = 50;
		Storm storm = new Storm();
		Target target = new Target("storm", null);
		RateLimiter limiter = new RateLimiter(target, TestSettings.of(RateLimitSettings.class, "requests-per-minute",
				perMinute, "burst", burst, "max-wait", Duration.ofMillis(maxWaitMillis)));
		long start = System.nanoTime();
		storm.rage(new RateLimitModule(new ContractModule(storm, target), limiter));
		await().atMost(Duration.ofSeconds(20)).until(() -> limiter.status().queued() == 0);
		double minutes = (System.nanoTime() - start) / 60e9;
		assertThat((double) storm.asked.get()).isLessThanOrEqualTo(burst + minutes * perMinute + 1);
		assertThat(storm.asked.get()).isPositive();
		assertThat(limiter.status().admitted() + limiter.status().refused()).isLessThanOrEqualTo(Storm.CALLS);
		assertThat(limiter.status().requests()).isLessThanOrEqualTo(burst);
		assertThat(storm.running).hasValue(0);
	}

	@ParameterizedTest
	@MethodSource("io.arcllm.module.Storm#threads")
	void everyTurnThatIsLeftIsUsedAndNotOneMore(ThreadFactory threads) throws Exception {
		int burst = 3000;
		int tokensPerMinute = 10_000;
		Storm storm = new Storm();
		Target target = new Target("storm", null);
		RateLimitSettings settings = TestSettings.of(RateLimitSettings.class, "requests-per-minute", burst,
				"tokens-per-minute", tokensPerMinute, "burst", burst, "max-wait", "0s");
		RateLimiter limiter = new RateLimiter(target, settings, new MemoryStore(settings, (unit, bucket) -> {
		}, new StoppedClock()));
		Counted gate = new Counted(new RateLimitModule(new ContractModule(storm, target), limiter));
		storm.rage(gate, threads, true);
		int asked = storm.asked.get();
		assertThat(limiter.status()).returns((long) asked, RateLimitStatus::admitted)
			.returns((long) Storm.CALLS - asked, RateLimitStatus::refused)
			.returns((long) burst - asked, RateLimitStatus::requests)
			.returns(tokensPerMinute - gate.answered.get() * (long) Storm.USAGE.totalTokens()
					- (asked - gate.answered.get()) * limiter.estimate(Storm.REQUEST), RateLimitStatus::tokens);
		assertThat(limiter.status().tokens()).isLessThan(limiter.estimate(Storm.REQUEST));
	}

}
