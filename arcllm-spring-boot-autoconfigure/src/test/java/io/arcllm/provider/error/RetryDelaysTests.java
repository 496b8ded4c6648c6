package io.arcllm.provider.error;

import java.time.Duration;

import io.arcllm.LlmException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/** The clock stands at the beginning of 2026, a Thursday. */
class RetryDelaysTests {

	private final HttpHeaders headers = new HttpHeaders();

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "retry-after | 17 | PT17S", "retry-after | 2.5 | PT2.5S", "retry-after | ' 3 ' | PT3S",
					"retry-after | 20s | PT20S", "retry-after-ms | 1500 | PT1.5S", "retry-after-ms | 0.5 | PT0.0005S",
					"x-ms-retry-after-ms | 250 | PT0.25S", "retry-after | Thu, 01 Jan 2026 00:00:30 GMT | PT30S",
					"retry-after | Thursday, 01-Jan-26 00:01:00 GMT | PT1M",
					"retry-after | Thu Jan  1 00:00:10 2026 | PT10S", "retry-after | Sat Jan 10 00:00:10 2026 |",
					"x-ratelimit-reset-requests | 6m0s | PT6M", "x-ratelimit-reset-requests | 34ms | PT0.034S",
					"x-ratelimit-reset-tokens | 1h2m3.5s | PT1H2M3.5S", "x-ratelimit-reset-tokens | 7.66s | PT7.66S",
					"x-ratelimit-reset | 12 | PT12S", "x-ratelimit-reset | 1767225630 | PT30S",
					"x-ratelimit-reset | 1767225630500 | PT30.5S", "ratelimit-reset | 9 | PT9S",
					"anthropic-ratelimit-tokens-reset | 2026-01-01T00:00:45Z | PT45S",
					"anthropic-ratelimit-requests-reset | 2026-01-01T01:00:45+01:00 | PT45S" })
	void headerNamesTheWait(String name, String value, @Nullable Duration wait) {
		this.headers.set(name, value);
		assertThat(wait("")).isEqualTo(wait);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "Thu, 01 Jan 2026 02:00:00 GMT | retry-after | Thu, 01 Jan 2026 02:00:30 GMT | PT30S",
					"Wed, 31 Dec 2025 23:00:00 GMT | retry-after | Wed, 31 Dec 2025 23:00:30 GMT | PT30S",
					"Thu, 01 Jan 2026 00:00:02 GMT | retry-after | Thu, 01 Jan 2026 00:00:30 GMT | PT30S",
					"Thu, 01 Jan 2026 00:00:03 GMT | retry-after | Thu, 01 Jan 2026 00:00:33 GMT | PT30S",
					"yesterday | retry-after | Thu, 01 Jan 2026 00:00:30 GMT | PT30S",
					"Thu, 01 Jan 2026 02:00:00 GMT | retry-after | 30 | PT30S",
					"Thu, 01 Jan 2026 02:00:00 GMT | anthropic-ratelimit-tokens-reset | 2026-01-01T02:00:45Z | PT45S" })
	void pointInTimeIsReadByTheVendorsClock(String date, String name, String value, Duration wait) {
		this.headers.set("date", date);
		this.headers.set(name, value);
		assertThat(wait("")).isEqualTo(wait);
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1", "0", "NaN", "Infinity", "-Infinity", "1e9", "0x10", "1d d", "soon", "", "604801",
			"99999999999999999999", "Thu, 01 Jan 2015 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT", "+5" })
	void nonsenseNamesNoWait(String value) {
		for (String name : new String[] { "retry-after", "retry-after-ms", "x-ms-retry-after-ms" }) {
			HttpHeaders nonsense = new HttpHeaders();
			nonsense.set(name, value);
			if (!name.endsWith("ms") || !"604801".equals(value)) {
				assertThat(RecordedErrors.read(429, nonsense, "").retryAfter()).isNull();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1", "-6m0s", "0", "0s", "NaN", "Infinity", "1e9", "99999999999999999999",
			"999999999999999", "T", "PT30S", "2015-01-01T00:00:00Z", "+999999999-12-31T23:59:59Z",
			"2026-13-01T00:00:00Z", "604801", "8d" })
	void nonsenseNamesNoReset(String value) {
		for (String name : new String[] { "x-ratelimit-reset-requests", "x-ratelimit-reset-tokens",
				"anthropic-ratelimit-tokens-reset", "ratelimit-reset", "llm_provider-x-ratelimit-reset" }) {
			HttpHeaders nonsense = new HttpHeaders();
			nonsense.set(name, value);
			assertThat(RecordedErrors.read(429, nonsense, "").retryAfter()).isNull();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "Please try again in 456ms. | PT0.456S", "try again in 6m0s | PT6M",
					"Please try again in 1.5s. Visit | PT1.5S", "try again in 20 seconds | PT20S",
					"Please retry in 48.939935699s. | PT48.939935699S", "Please retry after 7 seconds. | PT7S",
					"Please wait 60 seconds before retrying | PT1M", "Your rate limit resets in ~30s. | PT30S",
					"Your quota will reset after 18h31m10s. | PT18H31M10S", "Retry in 1 minute | PT1M",
					"Please try again in 2 hours and | PT2H", "try again in a moment |", "retry in 30 |",
					"I waited 20 seconds |", "try again in 5 tokens |", "try again in -5s |", "try again in 900h |" })
	void wordsNameTheWait(String words, @Nullable Duration wait) {
		assertThat(wait("{\"error\": {\"message\": \"" + words + "\"}}")).isEqualTo(wait);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "{\"retry_after\": 3} | PT3S", "{\"error\": {\"retry_after\": 2.5}} | PT2.5S",
					"{\"error\": {\"retry_after\": \"4\"}} | PT4S", "{\"error\": {\"retry_after_ms\": 700}} | PT0.7S",
					"{\"error\": {\"metadata\": {\"retryAfter\": 5}}} | PT5S", "{\"estimated_time\": 20.0} | PT20S",
					"{\"error\": {\"details\": [{\"a\": 1}, {\"retryDelay\": \"48s\"}]}} | PT48S",
					"[{\"error\": {\"details\": [{\"retryDelay\": \"48.9s\"}]}}] | PT48.9S",
					"{\"error\": {\"details\": [{\"retryDelay\": \"NaN\"}]}} |", "{\"retry_after\": -3} |",
					"{\"retry_after\": 1e300} |", "{\"retry_after\": null} |" })
	void fieldNamesTheWait(String body, @Nullable Duration wait) {
		assertThat(wait(body)).isEqualTo(wait);
	}

	@Test
	void headerBeatsBodyBeatsReset() {
		this.headers.set("x-ratelimit-reset-tokens", "3s");
		assertThat(wait("{\"error\": \"try again in 2s\"}")).isEqualTo(Duration.ofSeconds(2));
		this.headers.set("retry-after", "1");
		assertThat(wait("{\"error\": \"try again in 2s\"}")).isEqualTo(Duration.ofSeconds(1));
		this.headers.set("retry-after-ms", "1300");
		assertThat(wait("{\"error\": \"try again in 2s\"}")).isEqualTo(Duration.ofMillis(1300));
	}

	@Test
	void zeroMillisecondsDoNotVoidSeconds() {
		this.headers.set("retry-after", "1");
		this.headers.set("retry-after-ms", "0");
		assertThat(wait("")).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void longestResetOfWhatIsSpentCounts() {
		this.headers.set("x-ratelimit-remaining-requests", "0");
		this.headers.set("x-ratelimit-reset-requests", "10s");
		this.headers.set("x-ratelimit-remaining-tokens", "0");
		this.headers.set("x-ratelimit-reset-tokens", "20s");
		this.headers.set("x-ratelimit-remaining-requests-day", "12");
		this.headers.set("x-ratelimit-reset-requests-day", "9h");
		assertThat(wait("")).isEqualTo(Duration.ofSeconds(20));
	}

	@Test
	void shortestResetCountsWhereNothingIsSpent() {
		this.headers.set("x-ratelimit-remaining-requests", "9");
		this.headers.set("x-ratelimit-reset-requests", "10s");
		this.headers.set("x-ratelimit-reset-tokens", "20s");
		this.headers.set("x-ratelimit-reset-input-images", "0s");
		assertThat(wait("")).isEqualTo(Duration.ofSeconds(10));
	}

	@Test
	void resetSaysNothingOfOtherErrors() {
		this.headers.set("x-ratelimit-remaining-requests", "0");
		this.headers.set("x-ratelimit-reset-requests", "10s");
		assertThat(RecordedErrors.read(500, this.headers, "").retryAfter()).isNull();
		assertThat(RecordedErrors.read(400, this.headers, "").retryAfter()).isNull();
	}

	@Test
	void explicitHeaderCountsForOtherErrors() {
		this.headers.set("retry-after", "30");
		assertThat(RecordedErrors.read(503, this.headers, "").retryAfter()).isEqualTo(Duration.ofSeconds(30));
	}

	private @Nullable Duration wait(String body) {
		LlmException error = RecordedErrors.read(429, this.headers, body);
		return error.retryAfter();
	}

}
