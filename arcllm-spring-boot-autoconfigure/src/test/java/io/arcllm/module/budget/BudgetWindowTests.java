package io.arcllm.module.budget;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

import io.arcllm.module.budget.BudgetWindow.Span;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class BudgetWindowTests {

	@ParameterizedTest
	@CsvSource({ "HOUR, UTC, 2026-03-18T10:59:59Z, 2026-03-18T10:00:00Z, 2026-03-18T11:00:00Z",
			"DAY, UTC, 2026-03-18T00:00:00Z, 2026-03-18T00:00:00Z, 2026-03-19T00:00:00Z",
			"DAY, Asia/Kolkata, 2026-03-18T18:29:59Z, 2026-03-17T18:30:00Z, 2026-03-18T18:30:00Z",
			"WEEK, UTC, 2026-03-22T23:59:59Z, 2026-03-16T00:00:00Z, 2026-03-23T00:00:00Z",
			"WEEK, UTC, 2026-03-23T00:00:00Z, 2026-03-23T00:00:00Z, 2026-03-30T00:00:00Z",
			"MONTH, Europe/Berlin, 2026-03-31T22:00:00Z, 2026-03-31T22:00:00Z, 2026-04-30T22:00:00Z" })
	void windowsBeginInTheirZone(BudgetWindow window, String zone, Instant moment, Instant start, Instant end) {
		assertThat(window.at(moment, ZoneId.of(zone))).isEqualTo(new Span(start, end));
	}

	@ParameterizedTest
	@CsvSource({ "2026-03-29T12:00:00Z, 23", "2026-10-25T12:00:00Z, 25", "2026-10-26T12:00:00Z, 24" })
	void dayTurnsAtMidnightAlsoWhenTheClockChanges(Instant moment, long hours) {
		Span day = BudgetWindow.DAY.at(moment, ZoneId.of("Europe/Berlin"));
		assertThat(Duration.between(day.start(), day.end())).isEqualTo(Duration.ofHours(hours));
	}

	@Test
	void hourThatComesTwiceIsTwoWindows() {
		ZoneId berlin = ZoneId.of("Europe/Berlin");
		Span first = BudgetWindow.HOUR.at(Instant.parse("2026-10-25T00:30:00Z"), berlin);
		Span second = BudgetWindow.HOUR.at(Instant.parse("2026-10-25T01:30:00Z"), berlin);
		assertThat(second.start()).isEqualTo(first.end()).isEqualTo(Instant.parse("2026-10-25T01:00:00Z"));
	}

	@Test
	void dayWithoutMidnightBeginsWhenItBegins() {
		Span day = BudgetWindow.DAY.at(Instant.parse("2026-03-29T12:00:00Z"), ZoneId.of("Asia/Beirut"));
		assertThat(Duration.between(day.start(), day.end())).isEqualTo(Duration.ofHours(23));
	}

	@Test
	void totalNeverEnds() {
		Span total = BudgetWindow.TOTAL.at(Instant.now(), ZoneId.of("UTC"));
		assertThat(total.end()).isNull();
		assertThat(total.contains(Instant.parse("2099-01-01T00:00:00Z"))).isTrue();
	}

}
