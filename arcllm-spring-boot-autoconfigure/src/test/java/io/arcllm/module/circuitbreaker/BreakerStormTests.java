package io.arcllm.module.circuitbreaker;

import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.module.Percent;
import io.arcllm.module.Storm;
import io.arcllm.module.TestSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

class BreakerStormTests {

	private static CircuitBreakerSettings settings(String rate, int consecutive, int probes) {
		return TestSettings.of(CircuitBreakerSettings.class, "failure-rate", Percent.of(rate), "consecutive-failures",
				consecutive, "open-for", "2ms", "half-open-calls", probes, "endpoint", false);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 7 })
	void neverMoreProbesThanConfiguredAndNoneIsLost(int probes) throws Exception {
		Storm storm = new Storm();
		AtomicInteger opened = new AtomicInteger();
		AtomicInteger mostProbes = new AtomicInteger();
		Breaker breaker = new Breaker(new Target("storm", null), settings("50%", 3, probes),
				(target, from, to, openFor) -> opened.addAndGet((to == BreakerState.OPEN) ? 1 : 0), (config) -> {
				});
		LlmProvider watched = (request) -> Flux.<LlmEvent>defer(() -> {
			mostProbes.accumulateAndGet(breaker.status().probes(), Math::max);
			return storm.exchange(request);
		});
		storm.rage(new CircuitBreakerModule(watched, breaker));
		assertThat(opened).hasValueGreaterThan(1);
		assertThat(mostProbes).hasValueBetween(1, probes);
		assertThat(breaker.status().probes()).isZero();
		assertThat(breaker.status().refused() + storm.asked.get()).isLessThanOrEqualTo(Storm.CALLS)
			.isGreaterThan(Storm.CALLS * 2 / 3);
		assertThat(storm.running).hasValue(0);
	}

	@Test
	void aBreakerThatNeverOpensLetsAllThrough() throws Exception {
		Storm storm = new Storm();
		Breaker breaker = new Breaker(new Target("storm", null), settings("100%", 0, 2));
		breaker.force(BreakerState.METRICS_ONLY);
		storm.rage(new CircuitBreakerModule(storm, breaker));
		assertThat(breaker.status()).returns(0L, BreakerStatus::refused)
			.returns(20, BreakerStatus::calls)
			.returns(0, BreakerStatus::probes);
	}

}
