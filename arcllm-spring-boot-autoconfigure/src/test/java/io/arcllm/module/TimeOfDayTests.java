package io.arcllm.module;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.arcllm.module.ModuleClock.TimeOfDay;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The time of day follows the clock, and is that of the machine.
 */
class TimeOfDayTests {

	private final TimeOfDay timeOfDay = new TimeOfDay();

	@Test
	void timeGoesOnBetweenReadings() {
		VirtualTimeScheduler clock = VirtualTimeScheduler.create();
		for (long millis : new long[] { 1, 998, 1, 2, 5_000, 0, 86_400_000 }) {
			clock.advanceTimeBy(Duration.ofMillis(millis));
			assertThat(now(clock)).isEqualTo(clock.now(TimeUnit.MILLISECONDS) * 1_000_000);
		}
	}

	@Test
	void anotherClockIsReadAnew() {
		VirtualTimeScheduler clock = VirtualTimeScheduler.create();
		clock.advanceTimeBy(Duration.ofDays(1));
		assertThat(now(clock)).isEqualTo(Duration.ofDays(1).toNanos());
		assertThat(now(VirtualTimeScheduler.create())).isZero();
		assertThat(now(clock)).isEqualTo(Duration.ofDays(1).toNanos());
	}

	@Test
	void realTimeIsThatOfTheDay() {
		Scheduler clock = Schedulers.immediate();
		for (int i = 0; i < 1_000; i++) {
			long before = System.currentTimeMillis();
			long time = now(clock) / 1_000_000;
			assertThat(time).isBetween(before - 1_000, System.currentTimeMillis() + 1_000);
		}
	}

	private long now(Scheduler clock) {
		return this.timeOfDay.at(clock, clock.now(TimeUnit.NANOSECONDS));
	}

}
