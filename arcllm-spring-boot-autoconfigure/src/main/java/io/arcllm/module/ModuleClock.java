package io.arcllm.module;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;

import reactor.core.scheduler.Schedulers;

/**
 * The clock that modules go by, which is virtual in tests, in Resilience4j's form.
 */
public final class ModuleClock extends Clock {

	private final Instant start = Instant.now();

	private final long startNanos = nanos();

	public static long nanos() {
		return Schedulers.parallel().now(TimeUnit.NANOSECONDS);
	}

	@Override
	public Instant instant() {
		return this.start.plus(Duration.ofNanos(nanos() - this.startNanos));
	}

	@Override
	public ZoneId getZone() {
		return ZoneOffset.UTC;
	}

	@Override
	public Clock withZone(ZoneId zone) {
		return this;
	}

}
