package io.arcllm.module;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Reads times where a setting is a time or something else: {@code 500ms}, {@code 2s},
 * {@code PT0.5S}.
 */
public final class TimeText {

	private static final Pattern SIMPLE = Pattern.compile("(\\d{1,12})(ms|s|m|h)?");

	private static final Map<String, Integer> MILLIS = Map.of("ms", 1, "s", 1000, "m", 60_000, "h", 3_600_000);

	private TimeText() {
	}

	/**
	 * The time that is written, milliseconds where no unit is; {@code null} if it is
	 * none.
	 */
	public static @Nullable Duration parse(String text) {
		Matcher simple = SIMPLE.matcher(text.trim());
		if (simple.matches()) {
			String unit = (simple.group(2) == null) ? "ms" : simple.group(2);
			return Duration.ofMillis(Long.parseLong(simple.group(1)) * MILLIS.getOrDefault(unit, 1));
		}
		try {
			return Duration.parse(text.trim());
		}
		catch (DateTimeParseException ex) {
			return null;
		}
	}

}
