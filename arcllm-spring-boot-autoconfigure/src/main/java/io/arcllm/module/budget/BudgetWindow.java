package io.arcllm.module.budget;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

import org.jspecify.annotations.Nullable;

/**
 * When a limit starts counting again: with each hour, day, week or month in its time
 * zone, or never.
 */
public enum BudgetWindow {

	/** Each hour of the clock. */
	HOUR,

	/** Each day, from midnight; days on which the clock changes are longer or shorter. */
	DAY,

	/** Each week, from Monday. */
	WEEK,

	/** Each month, from the first. */
	MONTH,

	/** Never. */
	TOTAL;

	/**
	 * The window that a moment is in.
	 */
	Span at(Instant moment, ZoneId zone) {
		ZonedDateTime now = moment.atZone(zone);
		LocalDate today = now.toLocalDate();
		return switch (this) {
			case HOUR -> {
				ZonedDateTime start = now.truncatedTo(ChronoUnit.HOURS);
				yield new Span(start.toInstant(), start.plusHours(1).toInstant());
			}
			case DAY -> days(today, today.plusDays(1), zone);
			case WEEK -> {
				LocalDate monday = today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
				yield days(monday, monday.plusWeeks(1), zone);
			}
			case MONTH -> days(today.withDayOfMonth(1), today.withDayOfMonth(1).plusMonths(1), zone);
			case TOTAL -> new Span(Instant.EPOCH, null);
		};
	}

	private static Span days(LocalDate first, LocalDate next, ZoneId zone) {
		return new Span(first.atStartOfDay(zone).toInstant(), next.atStartOfDay(zone).toInstant());
	}

	/**
	 * One window.
	 *
	 * @param start its first moment
	 * @param end the first moment after it; {@code null} for never
	 */
	record Span(Instant start, @Nullable Instant end) {

		boolean contains(Instant moment) {
			return !moment.isBefore(this.start) && (this.end == null || moment.isBefore(this.end));
		}

	}

}
