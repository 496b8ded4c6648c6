package io.arcllm.provider.error;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

import org.springframework.http.HttpHeaders;

/**
 * The clock by which points in time of an answer are read: the vendor's own where it
 * differs from ours by more than its {@code Date} header, which has whole seconds, can
 * say.
 */
final class AnswerClock {

	private static final Duration EXACT = Duration.ofSeconds(2);

	private AnswerClock() {
	}

	static Clock of(HttpHeaders headers, Clock ours) {
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
