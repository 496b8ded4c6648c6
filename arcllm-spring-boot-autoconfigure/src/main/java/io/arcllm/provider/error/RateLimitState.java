package io.arcllm.provider.error;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * A vendor's rate limit, as its headers report it, so that the application slows down
 * before a 429.
 *
 * @param requests the requests that remain; the window with the least, if there are
 * several
 * @param tokens the tokens that remain, in the same way
 */
public record RateLimitState(@Nullable Window requests, @Nullable Window tokens) {

	private static final String LIMIT = "limit";

	private static final String REMAINING = "remaining";

	private static final String RESET = "reset";

	/**
	 * Reads the headers of any answer, successful or not.
	 * @param clock turns points in time into waits
	 */
	public static RateLimitState read(HttpHeaders headers, Clock clock) {
		Map<String, Window> windows = windows(headers, clock);
		return new RateLimitState(
				tightest(windows, (scope) -> scope.contains("request") || scope.endsWith("ratelimit")),
				// a window of output tokens says nothing about all tokens
				tightest(windows,
						(scope) -> (scope.contains("token") && !scope.contains("output")) || scope.contains("bysize")));
	}

	/** All windows, whatever they limit. */
	static Collection<Window> all(HttpHeaders headers, Clock clock) {
		return windows(headers, clock).values();
	}

	private static Map<String, Window> windows(HttpHeaders received, Clock ours) {
		Map<String, Window> windows = new LinkedHashMap<>();
		HttpHeaders headers = OriginalHeaders.of(received);
		Clock clock = WaitParser.clockOf(headers, ours);
		for (String name : headers.headerNames()) {
			String lower = name.toLowerCase(Locale.ROOT);
			if (!lower.contains("ratelimit")) {
				continue;
			}
			List<String> segments = new ArrayList<>(List.of(lower.split("-")));
			for (String what : List.of(LIMIT, REMAINING, RESET)) {
				String value = headers.getFirst(name);
				if (value != null && segments.remove(what)) {
					windows.merge(String.join("-", segments), window(what, value, clock), Window::and);
					break;
				}
			}
		}
		return windows;
	}

	private static Window window(String what, String value, Clock clock) {
		return switch (what) {
			case LIMIT -> new Window(count(value), null, null);
			case REMAINING -> new Window(null, count(value), null);
			default -> new Window(null, null, WaitParser.reset(value, clock));
		};
	}

	private static @Nullable Long count(String value) {
		String trimmed = value.trim();
		return trimmed.matches("\\d{1,15}") ? Long.valueOf(trimmed) : null;
	}

	private static @Nullable Window tightest(Map<String, Window> windows, Predicate<String> scope) {
		return windows.entrySet()
			.stream()
			.filter((entry) -> scope.test(entry.getKey()))
			.map(Map.Entry::getValue)
			.min(Comparator
				.comparingLong((window) -> (window.remaining() == null) ? Long.MAX_VALUE : window.remaining()))
			.orElse(null);
	}

	/**
	 * One window of a rate limit; what the vendor does not report is {@code null}.
	 *
	 * @param limit how many are allowed
	 * @param remaining how many are left
	 * @param reset the time until the window starts again
	 */
	public record Window(@Nullable Long limit, @Nullable Long remaining, @Nullable Duration reset) {

		/** Whether the vendor says that nothing is left. */
		public boolean isExhausted() {
			return this.remaining != null && this.remaining == 0;
		}

		private Window and(Window other) {
			return new Window((this.limit != null) ? this.limit : other.limit,
					(this.remaining != null) ? this.remaining : other.remaining,
					(this.reset != null) ? this.reset : other.reset);
		}

	}

}
