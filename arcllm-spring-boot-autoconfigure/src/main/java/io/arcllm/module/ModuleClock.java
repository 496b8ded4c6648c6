package io.arcllm.module;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The clock of all modules, as a {@link Clock}; it is virtual in tests. Also parses
 * durations in settings.
 */
public final class ModuleClock extends Clock {

	/** Longer than anything runs, and short enough to be added up in nanoseconds. */
	private static final Duration LONGEST = Duration.ofDays(36_500);

	private static final Pattern SIMPLE = Pattern.compile("(\\d{1,12})(ms|s|m|h)?");

	private static final Map<String, Integer> MILLIS = Map.of("ms", 1, "s", 1000, "m", 60_000, "h", 3_600_000);

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

	/** The time, or a hundred years where it is longer. */
	public static Duration bounded(Duration time) {
		return (time.compareTo(LONGEST) > 0) ? LONGEST : time;
	}

	/**
	 * Parses the duration of a setting that may also be something else: {@code 500ms},
	 * {@code 2s}, {@code PT0.5S}; milliseconds if there is no unit.
	 * @return {@code null} if the text is no duration
	 */
	public static @Nullable Duration time(String text) {
		Matcher simple = SIMPLE.matcher(text.trim());
		if (simple.matches()) {
			String unit = (simple.group(2) == null) ? "ms" : simple.group(2);
			return bounded(Duration.ofMillis(Long.parseLong(simple.group(1)) * MILLIS.getOrDefault(unit, 1)));
		}
		try {
			return bounded(Duration.parse(text.trim()));
		}
		catch (DateTimeParseException ex) {
			return null;
		}
	}

	/**
	 * The time of day at a moment of the clock that times calls. The second clock is read
	 * once a second at most: reading one costs a call as much as several modules do. Safe
	 * for use by many threads.
	 */
	static final class TimeOfDay {

		private static final long VALID = TimeUnit.SECONDS.toNanos(1);

		private volatile @Nullable Reading last;

		/**
		 * The time of day, in nanoseconds since 1970; exact to a millisecond.
		 * @param clock the clock that times calls
		 * @param nanos a moment of it that has just passed
		 */
		long at(Scheduler clock, long nanos) {
			Reading reading = this.last;
			if (reading == null || reading.clock() != clock || nanos - reading.nanos() > VALID
					|| nanos - reading.nanos() < 0) {
				reading = new Reading(clock, nanos, TimeUnit.MILLISECONDS.toNanos(clock.now(TimeUnit.MILLISECONDS)));
				this.last = reading;
			}
			return reading.timeOfDay() + nanos - reading.nanos();
		}

		/**
		 * What both clocks showed at one moment.
		 *
		 * @param clock the clock that times calls
		 * @param nanos what it showed
		 * @param timeOfDay in nanoseconds since 1970
		 */
		private record Reading(Scheduler clock, long nanos, long timeOfDay) {
		}

	}

}
