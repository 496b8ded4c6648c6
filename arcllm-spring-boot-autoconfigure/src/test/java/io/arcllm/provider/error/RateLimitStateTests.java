package io.arcllm.provider.error;

import java.time.Duration;

import io.arcllm.provider.error.RateLimitState.Window;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

class RateLimitStateTests {

	private final HttpHeaders headers = new HttpHeaders();

	@Test
	void readsOpenAi() {
		set("x-ratelimit-limit-requests", "500", "x-ratelimit-remaining-requests", "499", "x-ratelimit-reset-requests",
				"120ms", "x-ratelimit-limit-tokens", "200000", "x-ratelimit-remaining-tokens", "199998",
				"x-ratelimit-reset-tokens", "0s", "x-ratelimit-remaining-input-images", "1");
		assertThat(read()).isEqualTo(
				new RateLimitState(new Window(500L, 499L, Duration.ofMillis(120)), new Window(200000L, 199998L, null)));
	}

	@Test
	void readsAnthropicAndTakesTheTightestButNoWindowOfOutputAlone() {
		set("anthropic-ratelimit-requests-limit", "50", "anthropic-ratelimit-requests-remaining", "0",
				"anthropic-ratelimit-requests-reset", "2026-01-01T00:00:10Z",
				"anthropic-ratelimit-input-tokens-remaining", "900", "anthropic-ratelimit-output-tokens-remaining",
				"80", "anthropic-ratelimit-tokens-remaining", "980");
		RateLimitState state = read();
		assertThat(state.requests()).isEqualTo(new Window(50L, 0L, Duration.ofSeconds(10)));
		assertThat(state.tokens()).isEqualTo(new Window(null, 900L, null));
	}

	@Test
	void readsWindowsWithoutName() {
		set("x-ratelimit-limit", "20", "x-ratelimit-remaining", "3", "x-ratelimit-reset", "1767225630000");
		assertThat(read()).isEqualTo(new RateLimitState(new Window(20L, 3L, Duration.ofSeconds(30)), null));
	}

	@Test
	void readsMistral() {
		set("x-ratelimitbysize-limit-minute", "500000", "x-ratelimitbysize-remaining-minute", "467999");
		assertThat(read()).isEqualTo(new RateLimitState(null, new Window(500000L, 467999L, null)));
	}

	@Test
	void nonsenseIsUnknown() {
		set("x-ratelimit-remaining-requests", "-1", "x-ratelimit-limit-requests", "many", "x-ratelimit-reset-requests",
				"NaN");
		assertThat(read()).isEqualTo(new RateLimitState(new Window(null, null, null), null));
	}

	@Test
	void nothingSaidIsNothingKnown() {
		set("content-type", "text/plain");
		assertThat(read()).isEqualTo(new RateLimitState(null, null));
	}

	private void set(String... namesAndValues) {
		for (int i = 0; i < namesAndValues.length; i += 2) {
			this.headers.set(namesAndValues[i], namesAndValues[i + 1]);
		}
	}

	private RateLimitState read() {
		return RateLimitState.read(this.headers, RecordedErrors.CLOCK);
	}

}
