package io.arcllm.autoconfigure.actuator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.stream.IntStream;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.Target;
import io.arcllm.Trail;
import io.arcllm.autoconfigure.actuator.Decisions.Decision;
import io.arcllm.module.Storm;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DecisionsTests {

	private static final Target TARGET = new Target("a", "m");

	private Instant now = Instant.EPOCH;

	private final Decisions decisions = new Decisions(new Clock() {

		@Override
		public Instant instant() {
			return DecisionsTests.this.now;
		}

		@Override
		public ZoneOffset getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

	});

	private void decide(String detail) {
		this.now = this.now.plus(Duration.ofSeconds(1));
		this.decisions.add(Decision.Type.MANUAL, TARGET, null, detail);
	}

	@Test
	void hundredAreKeptTheNewestFirst() {
		IntStream.range(0, 250).forEach((i) -> decide("d" + i));
		List<Decision> recent = this.decisions.recent();
		assertThat(recent).extracting(Decision::detail)
			.containsExactlyElementsOf(IntStream.range(0, 100).mapToObj((i) -> "d" + (249 - i)).toList());
		assertThat(recent.get(0).at()).isEqualTo(Instant.EPOCH.plusSeconds(250));
		assertThat(recent.get(99).at()).isEqualTo(Instant.EPOCH.plusSeconds(151));
	}

	@Test
	void whatWasShownDoesNotChange() {
		decide("first");
		List<Decision> shown = this.decisions.recent();
		decide("second");
		assertThat(shown).extracting(Decision::detail).containsExactly("first");
	}

	@Test
	void attemptsAreDecisionsOfTheirCause() {
		Target other = new Target("b", "m");
		Trail before = new Trail(List.of(failed(TARGET, Attempt.Cause.FIRST)));
		this.decisions.ended(failed(TARGET, Attempt.Cause.FIRST), Trail.EMPTY);
		this.decisions.ended(failed(TARGET, Attempt.Cause.RETRY), before);
		this.decisions.ended(failed(TARGET, Attempt.Cause.OTHER_KEY), before);
		this.decisions.ended(failed(TARGET, Attempt.Cause.WITHOUT_PARAMETERS), before);
		this.decisions.ended(failed(TARGET, Attempt.Cause.RECOVERY), before);
		this.decisions.ended(failed(other, Attempt.Cause.NEXT_TARGET), before);
		this.decisions.ended(failed(other, Attempt.Cause.HEDGE), before);
		this.decisions.ended(failed(other, Attempt.Cause.RECOVERY), before);
		assertThat(this.decisions.recent()).extracting(Decision::type)
			.containsExactly(Decision.Type.RECOVERY, Decision.Type.HEDGE, Decision.Type.FALLBACK,
					Decision.Type.RECOVERY, Decision.Type.RETRY, Decision.Type.RETRY, Decision.Type.RETRY);
		assertThat(this.decisions.recent()).extracting(Decision::detail)
			.anyMatch((detail) -> detail.startsWith("asked again with another key after a/m"))
			.anyMatch((detail) -> detail.startsWith("asked again without a parameter that it refused"));
	}

	private static Attempt failed(Target target, Attempt.Cause cause) {
		return Attempt.of(target, Attempt.Outcome.FAILED)
			.error(ErrorKind.OVERLOADED, "It is busy")
			.cause(cause)
			.build();
	}

	@Test
	void hundredAreKeptWhoeverDecides() throws InterruptedException {
		Decisions real = new Decisions(Clock.systemUTC());
		for (Named<ThreadFactory> factory : Storm.threads()) {
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				threads.add(factory.getPayload()
					.newThread(() -> IntStream.range(0, 1000)
						.forEach((n) -> real.add(Decision.Type.SKIP, TARGET, null, "x"))));
			}
			threads.forEach(Thread::start);
			for (Thread thread : threads) {
				thread.join();
			}
		}
		assertThat(real.recent()).hasSize(100).isSortedAccordingTo((one, other) -> other.at().compareTo(one.at()));
	}

}
