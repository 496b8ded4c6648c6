package io.arcllm.provider.error;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Parses waits as vendors write them. A value that is not positive, not a number, or more
 * than seven days is ignored.
 */
final class WaitParser {

	/** One part of a duration such as {@code 1h2m3.5s} or {@code 20 seconds}. */
	static final String PART = "(?:\\d{1,12}(?:\\.\\d{1,12})?\\s?(?:ms|milliseconds?|h(?:ou)?rs?|h|min(?:ute)?s?|m"
			+ "|sec(?:ond)?s?|s|days?|d)(?![a-z]))";

	/** The accuracy of a date in whole seconds, with the network's delay. */
	private static final Duration EXACT = Duration.ofSeconds(2);

	private static final Pattern PARTS = Pattern.compile("(?:" + PART + "\\s?){1,8}");

	private static final Pattern ONE_PART = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s?([a-z]+)");

	private static final Pattern NUMBER = Pattern.compile("\\d{1,15}(?:\\.\\d{1,12})?");

	private static final Duration LONGEST = Duration.ofDays(7);

	private static final BigDecimal EPOCH_MILLIS = BigDecimal.valueOf(1_000_000_000_000L);

	private static final BigDecimal EPOCH_SECONDS = BigDecimal.valueOf(1_000_000_000L);

	/** The three formats of HTTP dates, the two old ones in lenient spelling. */
	private static final List<DateTimeFormatter> HTTP_DATES = List.of(DateTimeFormatter.RFC_1123_DATE_TIME,
			new DateTimeFormatterBuilder().appendPattern("EEEE, dd-MMM-")
				.appendValueReduced(ChronoField.YEAR, 2, 2, 2000)
				.appendPattern(" HH:mm:ss zzz")
				.toFormatter(Locale.US),
			new DateTimeFormatterBuilder().appendPattern("EEE MMM ppd HH:mm:ss yyyy")
				.toFormatter(Locale.US)
				.withZone(ZoneOffset.UTC));

	private WaitParser() {
	}

	/** A number of milliseconds. */
	static @Nullable Duration millis(@Nullable String text) {
		return number(text, 3);
	}

	/** A number of seconds, or a duration with units. */
	static @Nullable Duration seconds(@Nullable String text) {
		Duration seconds = number(text, 0);
		return (seconds != null) ? seconds : parts(text);
	}

	/** A number of seconds, a duration with units, or an HTTP date. */
	static @Nullable Duration secondsOrDate(@Nullable String text, Clock clock) {
		Duration seconds = seconds(text);
		if (seconds != null || text == null) {
			return seconds;
		}
		for (DateTimeFormatter format : HTTP_DATES) {
			try {
				return sane(Duration.between(clock.instant(), ZonedDateTime.parse(text.trim(), format).toInstant()));
			}
			catch (DateTimeException ex) {
				// another format, or none
			}
		}
		return null;
	}

	/** A number of seconds, a duration with units, a point in time as epoch or ISO. */
	static @Nullable Duration reset(@Nullable String text, Clock clock) {
		if (text == null) {
			return null;
		}
		String trimmed = text.trim();
		try {
			if (NUMBER.matcher(trimmed).matches()) {
				BigDecimal value = new BigDecimal(trimmed);
				if (value.compareTo(EPOCH_SECONDS) < 0) {
					return seconds(trimmed);
				}
				boolean millis = value.compareTo(EPOCH_MILLIS) >= 0;
				return until(Instant.ofEpochMilli((millis ? value : value.movePointRight(3)).longValue()), clock);
			}
			if (trimmed.indexOf('T') > 0) {
				return until(OffsetDateTime.parse(trimmed).toInstant(), clock);
			}
		}
		catch (DateTimeException ex) {
			return null;
		}
		return parts(trimmed);
	}

	private static @Nullable Duration until(Instant then, Clock clock) {
		return sane(Duration.between(clock.instant(), then));
	}

	private static @Nullable Duration number(@Nullable String text, int decimalsOfUnit) {
		String trimmed = (text == null) ? "" : text.trim();
		return NUMBER.matcher(trimmed).matches() ? exact(new BigDecimal(trimmed).movePointLeft(decimalsOfUnit)) : null;
	}

	private static @Nullable Duration parts(@Nullable String text) {
		String trimmed = (text == null) ? "" : text.trim().toLowerCase(Locale.ROOT);
		if (trimmed.length() > 60 || !PARTS.matcher(trimmed).matches()) {
			return null;
		}
		BigDecimal seconds = BigDecimal.ZERO;
		Matcher part = ONE_PART.matcher(trimmed);
		while (part.find()) {
			seconds = seconds.add(new BigDecimal(part.group(1)).multiply(unit(part.group(2))));
		}
		return exact(seconds);
	}

	private static BigDecimal unit(String unit) {
		if (unit.startsWith("ms") || unit.startsWith("mil")) {
			return new BigDecimal("0.001");
		}
		return BigDecimal.valueOf(switch (unit.charAt(0)) {
			case 'd' -> 86_400;
			case 'h' -> 3600;
			case 'm' -> 60;
			default -> 1;
		});
	}

	private static @Nullable Duration exact(BigDecimal seconds) {
		boolean absurd = seconds.compareTo(BigDecimal.valueOf(LONGEST.toSeconds())) > 0;
		return absurd ? null : sane(Duration.ofNanos(seconds.movePointRight(9).longValue()));
	}

	private static @Nullable Duration sane(Duration wait) {
		return (wait.isNegative() || wait.isZero() || wait.compareTo(LONGEST) > 0) ? null : wait;
	}

	/**
	 * The clock for points in time in an answer: the vendor's, by its {@code Date}
	 * header, if it differs from ours by more than the accuracy of that header.
	 */
	static Clock clockOf(HttpHeaders headers, Clock ours) {
		String date = headers.getFirst(HttpHeaders.DATE);
		if (date == null) {
			return ours;
		}
		try {
			ZonedDateTime theirs = ZonedDateTime.parse(date.trim(), DateTimeFormatter.RFC_1123_DATE_TIME);
			Duration ahead = Duration.between(ours.instant(), theirs.toInstant());
			return (ahead.abs().compareTo(EXACT) > 0) ? Clock.offset(ours, ahead) : ours;
		}
		catch (DateTimeException | ArithmeticException ex) {
			return ours;
		}
	}

}
