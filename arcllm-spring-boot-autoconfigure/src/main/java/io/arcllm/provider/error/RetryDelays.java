package io.arcllm.provider.error;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.arcllm.ErrorKind;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.http.HttpHeaders;

/**
 * Finds out when an error may be tried again: from headers, else from the body, else from
 * the time when the rate limit starts again.
 */
final class RetryDelays {

	private static final Pattern WORDS = Pattern.compile("\\b(?:try again|retry(?:ing)?|resets?|wait|replenished)"
			+ "(?: again)?(?: in| after| for)? (?:about |approximately )?~?((?:" + WaitParser.PART + "\\s?){1,8})");

	private final Clock clock;

	RetryDelays(Clock clock) {
		this.clock = clock;
	}

	/**
	 * @param headers the headers of the error answer; empty for an error inside a
	 * successful answer, whose headers say nothing about it
	 */
	@Nullable Duration read(HttpHeaders headers, ErrorBody body, ErrorKind kind) {
		Clock theirs = WaitParser.clockOf(headers, this.clock);
		Duration told = named(headers, theirs);
		if (told == null) {
			told = fields(body);
		}
		if (told == null) {
			told = words(body.message());
		}
		HttpHeaders quoted = quoted(body);
		if (told == null) {
			told = named(quoted, theirs);
		}
		if (told != null || kind != ErrorKind.RATE_LIMITED) {
			return told;
		}
		Duration reset = reset(RateLimitState.all(headers, this.clock));
		return (reset != null) ? reset : reset(RateLimitState.all(quoted, theirs));
	}

	/**
	 * A header in milliseconds is more exact, but a 0 in it does not override whole
	 * seconds.
	 */
	private static @Nullable Duration named(HttpHeaders headers, Clock clock) {
		for (String name : List.of("retry-after-ms", "x-ms-retry-after-ms")) {
			Duration millis = WaitParser.millis(headers.getFirst(name));
			if (millis != null) {
				return millis;
			}
		}
		return WaitParser.secondsOrDate(headers.getFirst("retry-after"), clock);
	}

	private static @Nullable Duration fields(ErrorBody body) {
		List<JsonNode> places = new ArrayList<>(List.of(body.error(), body.error().path("metadata"), body.root()));
		body.error().path("details").forEach(places::add);
		return places.stream()
			.flatMap(
					(place) -> Stream.of(seconds(place, "retryDelay"), WaitParser.millis(text(place, "retry_after_ms")),
							seconds(place, "retry_after"), seconds(place, "retryAfter"),
							seconds(place, "retry_after_seconds"), seconds(place, "estimated_time")))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

	private static @Nullable Duration seconds(JsonNode place, String name) {
		return WaitParser.seconds(text(place, name));
	}

	private static @Nullable String text(JsonNode place, String name) {
		JsonNode value = place.path(name);
		return (value.isString() || value.isNumber()) ? value.asString() : null;
	}

	private static @Nullable Duration words(String message) {
		Matcher found = WORDS.matcher(message.toLowerCase(Locale.ROOT));
		return found.find() ? WaitParser.seconds(found.group(1)) : null;
	}

	/** OpenRouter puts the headers of its vendor into the body. */
	private static HttpHeaders quoted(ErrorBody body) {
		HttpHeaders headers = new HttpHeaders();
		body.error().at("/metadata/headers").properties().forEach((entry) -> {
			if (entry.getValue().isString() || entry.getValue().isNumber()) {
				headers.set(entry.getKey(), entry.getValue().asString());
			}
		});
		return headers;
	}

	/**
	 * The longest reset of the exhausted windows. If none is exhausted, the shortest
	 * reset, because the other windows refill meanwhile and their resets say when they
	 * will be full.
	 */
	private static @Nullable Duration reset(Collection<RateLimitState.Window> windows) {
		Comparator<Duration> byLength = Comparator.naturalOrder();
		return resets(windows.stream().filter(RateLimitState.Window::isExhausted)).max(byLength)
			.or(() -> resets(windows.stream()).min(byLength))
			.orElse(null);
	}

	private static Stream<Duration> resets(Stream<RateLimitState.Window> windows) {
		return windows.map(RateLimitState.Window::reset).filter(Objects::nonNull);
	}

}
