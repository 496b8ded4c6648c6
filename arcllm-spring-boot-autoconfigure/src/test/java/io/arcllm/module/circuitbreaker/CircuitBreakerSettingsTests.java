package io.arcllm.module.circuitbreaker;

import java.time.Duration;

import io.arcllm.module.Percent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CircuitBreakerSettingsTests {

	private static CircuitBreakerSettings settings(int size, int minimum, String rate) {
		return new CircuitBreakerSettings(CircuitBreakerSettings.Window.COUNT, size, minimum, Percent.of(rate), 3,
				new CircuitBreakerSettings.SlowCall(Percent.of("1.0"), Duration.ofSeconds(60)), Duration.ofSeconds(60),
				2, false, Duration.ofMinutes(5));
	}

	@Test
	void saysWhichKeyIsWrong() {
		assertThatIllegalArgumentException().isThrownBy(() -> settings(0, 1, "50%"))
			.withMessageContaining("window-size");
		assertThatIllegalArgumentException().isThrownBy(() -> settings(5, 0, "50%"))
			.withMessageContaining("minimum-calls");
		assertThatIllegalArgumentException().isThrownBy(() -> settings(5, 5, "0%"))
			.withMessageContaining("failure-rate");
	}

	@Test
	void minimumIsNeverMoreThanAWindowHolds() {
		assertThat(settings(3, 5, "50%").effectiveMinimumCalls()).isEqualTo(3);
		assertThat(settings(10, 5, "50%").effectiveMinimumCalls()).isEqualTo(5);
	}

	@Test
	void percentagesAreReadBothWays() {
		assertThat(Percent.of("50%")).isEqualTo(Percent.of("0.5")).hasToString("50%");
		assertThat(Percent.of(" 12.5 %")).hasToString("12.5%");
		assertThatIllegalArgumentException().isThrownBy(() -> Percent.of("half")).withMessageContaining("'half'");
		assertThatIllegalArgumentException().isThrownBy(() -> Percent.of("101%"));
		assertThatIllegalArgumentException().isThrownBy(() -> Percent.of("NaN"));
	}

}
