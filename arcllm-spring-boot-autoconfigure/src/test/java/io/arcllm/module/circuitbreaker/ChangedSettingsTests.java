package io.arcllm.module.circuitbreaker;

import java.time.Duration;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Target;
import io.arcllm.module.Percent;
import io.arcllm.module.TestSettings;
import io.arcllm.module.VirtualTime;
import io.arcllm.module.circuitbreaker.CircuitBreakerSettings.SlowCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A breaker whose settings change forgets nothing.
 */
class ChangedSettingsTests {

	@RegisterExtension
	final VirtualTime time = new VirtualTime();

	private final Breaker breaker = new Breaker(new Target("test", "m"), settings(20, 50, 60, 2));

	private static CircuitBreakerSettings settings(int window, int rate, int openFor, int probes) {
		return TestSettings.of(CircuitBreakerSettings.class, "window-size", window, "minimum-calls", 10, "failure-rate",
				new Percent(rate / 100.0), "consecutive-failures", 0, "slow-call",
				new SlowCall(new Percent(1), Duration.ofSeconds(60)), "open-for", Duration.ofSeconds(openFor),
				"half-open-calls", probes);
	}

	private void succeeds(int times) {
		for (int i = 0; i < times; i++) {
			this.breaker.succeeded(this.breaker.admit("m"), 1);
		}
	}

	private void fails(int times) {
		for (int i = 0; i < times; i++) {
			this.breaker.failed(this.breaker.admit("m"), 1, failure(ErrorKind.SERVER_ERROR), "m");
		}
	}

	private static LlmException failure(ErrorKind kind) {
		return LlmException.of(kind, "no").retryAfter(Duration.ofSeconds(30)).build();
	}

	@Test
	void windowIsFilledAsItWas() {
		succeeds(8);
		fails(4);
		this.breaker.use(settings(30, 50, 60, 2));
		assertThat(this.breaker.status()).returns(BreakerState.CLOSED, BreakerStatus::state)
			.returns(12, BreakerStatus::calls)
			.returns(4, BreakerStatus::failures);
		fails(3);
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.CLOSED);
		fails(1);
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.OPEN);
	}

	@Test
	void lowerRateOpensItAtOnce() {
		succeeds(8);
		fails(4);
		this.breaker.use(settings(20, 30, 60, 2));
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.OPEN);
	}

	@Test
	void openOneStaysOpenForAsLongAsItSaid() {
		fails(10);
		this.time.seconds(20);
		this.breaker.use(settings(20, 50, 5, 2));
		assertThat(this.breaker.rejection())
			.satisfies((rejection) -> assertThat(rejection.retryAfter()).isEqualTo(Duration.ofSeconds(40)));
		this.time.seconds(40);
		assertThat(this.breaker.admit("m").rejection()).isNull();
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.HALF_OPEN);
	}

	@Test
	void probesUnderWayStayCounted() {
		fails(10);
		this.time.seconds(60);
		Breaker.Admission era = this.breaker.admit("m");
		this.breaker.use(settings(30, 50, 60, 2));
		assertThat(this.breaker.admit("m").rejection()).isNull();
		assertThat(this.breaker.admit("m").rejection()).isNotNull();
		this.breaker.succeeded(era, 1);
		this.breaker.succeeded(era, 1);
		assertThat(this.breaker.status().state()).isEqualTo(BreakerState.CLOSED);
	}

	@ParameterizedTest
	@EnumSource(BreakerState.class)
	void everyStateStays(BreakerState state) {
		if (state != BreakerState.CLOSED) {
			this.breaker.force(BreakerState.OPEN);
			this.breaker.force(state);
		}
		this.breaker.use(settings(30, 60, 70, 3));
		assertThat(this.breaker.status().state()).isEqualTo(state);
	}

	@Test
	void pauseStays() {
		this.breaker.failed(this.breaker.admit("m"), 1, failure(ErrorKind.RATE_LIMITED), "m");
		this.breaker.use(settings(30, 60, 70, 3));
		assertThat(this.breaker.rejection())
			.satisfies((rejection) -> assertThat(rejection.kind()).isEqualTo(ErrorKind.THROTTLED));
	}

}
