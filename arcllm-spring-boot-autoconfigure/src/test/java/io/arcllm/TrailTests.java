package io.arcllm;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TrailTests {

	private static final Target TARGET = new Target("a", "m");

	private static Trail trail(@Nullable Cost... costs) {
		return new Trail(
				Stream.of(costs).map((cost) -> Attempt.of(TARGET, Attempt.Outcome.FAILED).cost(cost).build()).toList());
	}

	private static Cost dollars(String amount) {
		return new Cost(new BigDecimal(amount), "USD");
	}

	@Test
	void costIsThatOfAllAttempts() {
		assertThat(trail(dollars("0.10"), null, dollars("0.05")).cost()).isEqualTo(dollars("0.15"));
	}

	@Test
	void costIsUnknownWhereNoneIsKnownOrCurrenciesDiffer() {
		assertThat(trail(null, null).cost()).isNull();
		assertThat(Trail.EMPTY.cost()).isNull();
		assertThat(trail(dollars("1"), new Cost(BigDecimal.ONE, "EUR")).cost()).isNull();
	}

	@Test
	void whatWasCachedOrPassedOverIsNoRequest() {
		Trail trail = new Trail(List.of(Attempt.of(TARGET, Attempt.Outcome.CACHED).build(),
				Attempt.of(TARGET, Attempt.Outcome.SKIPPED).build()));
		assertThat(trail.requests()).isZero();
		assertThat(trail.last()).isNull();
		assertThat(trail.hasAsked(TARGET)).isFalse();
	}

}
