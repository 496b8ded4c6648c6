package io.arcllm.module.retry;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmProvider;
import io.arcllm.module.CallListener;
import io.arcllm.module.CallModule;
import io.arcllm.module.Script;
import io.arcllm.module.Selection;
import io.arcllm.module.Storm;
import io.arcllm.module.TestSettings;
import io.arcllm.module.attempt.ContractModule;
import io.arcllm.module.fallback.Chain;
import io.arcllm.module.fallback.FallbackModule;
import io.arcllm.module.fallback.FallbackSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything is down, and everybody keeps trying.
 */
class RetryStormTests {

	private static final int ATTEMPTS = 5;

	private static final RetrySettings.Budget ENOUGH = new RetrySettings.Budget(1, 1_000_000);

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.arcllm.module");

	private final Storm vendor = new Storm((kind) -> Storm.FAILURE);

	private final Storm other = new Storm((kind) -> Storm.FAILURE);

	private final AtomicInteger mostAttempts = new AtomicInteger();

	@BeforeEach
	void beQuiet() {
		this.logger.setLevel(Level.OFF);
	}

	@AfterEach
	void beLoud() {
		this.logger.setLevel(null);
	}

	@ParameterizedTest
	@MethodSource("io.arcllm.module.Storm#threads")
	void budgetIsUsedUpAndNotExceeded(ThreadFactory threads) throws Exception {
		RetrySettings.Budget budget = new RetrySettings.Budget(0.2, 10);
		new Storm().rage(call(retry(guarded(this.vendor, "a"), 3, budget), 10), threads, true);
		assertThat(this.vendor.asked).hasValue(Storm.CALLS + Storm.CALLS / 5);
	}

	@ParameterizedTest
	@MethodSource("io.arcllm.module.Storm#threads")
	void callsEndWithTheirAttemptsWhateverTheStack(ThreadFactory threads) throws Exception {
		LlmProvider first = retry(guarded(this.vendor, "a"), 3, ENOUGH);
		LlmProvider second = retry(guarded(this.other, "b"), 3, ENOUGH);
		FallbackSettings settings = TestSettings.of(FallbackSettings.class, "on", EnumSet.allOf(ErrorKind.class));
		Chain chain = new Chain(List.of(new Script("a").candidate(first), new Script("b").candidate(second)), List.of(),
				List.of());
		LlmProvider stack = retry(new FallbackModule(chain, settings, Selection.ORDERED), 3, ENOUGH);
		new Storm().rage(call(stack, ATTEMPTS), threads, true);
		assertThat(this.mostAttempts).hasValue(ATTEMPTS);
		assertThat(this.vendor.asked.get() + this.other.asked.get()).isEqualTo(Storm.CALLS * ATTEMPTS);
	}

	private static LlmProvider guarded(LlmProvider vendor, String name) {
		return new ContractModule(vendor, new Script(name).target());
	}

	private static LlmProvider retry(LlmProvider inner, int retries, RetrySettings.Budget budget) {
		RetrySettings settings = TestSettings.of(RetrySettings.class, "max-retries", retries, "strategy",
				RetrySettings.Strategy.FIXED, "backoff-base", "1ms", "multiplier", 1, "max-wait", "1s", "jitter", false,
				"retryable-status-codes", Set.of(), "on", EnumSet.of(ErrorKind.SERVER_ERROR), "budget", budget);
		return new RetryModule(inner, new RetryEngine(settings, new RetryBudget(budget, () -> 0)));
	}

	private LlmProvider call(LlmProvider stack, int attempts) {
		CallListener counter = (attempt, before) -> this.mostAttempts.accumulateAndGet(before.requests() + 1,
				Math::max);
		return new CallModule(new CallModule.Limits(Duration.ofSeconds(50), attempts, counter), CallOptions.NONE,
				(options) -> stack);
	}

}
