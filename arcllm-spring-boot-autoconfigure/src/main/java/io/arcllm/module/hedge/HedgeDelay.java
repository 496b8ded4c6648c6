package io.arcllm.module.hedge;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.arcllm.module.ModuleClock;
import org.jspecify.annotations.Nullable;

/**
 * The silence after which a call is hedged, written {@code p95} or {@code 800ms}.
 *
 * @param percentile the percentile of the times to the first token, if there is no fixed
 * time
 * @param time the fixed time, or {@code null}
 */
public record HedgeDelay(int percentile, @Nullable Duration time) {

	private static final Pattern PERCENTILE = Pattern.compile("p([1-9]\\d?)");

	/**
	 * Parses the written form.
	 */
	public static HedgeDelay of(String text) {
		String written = text.trim().toLowerCase(Locale.ROOT);
		Matcher percentile = PERCENTILE.matcher(written);
		if (percentile.matches()) {
			return new HedgeDelay(Integer.parseInt(percentile.group(1)), null);
		}
		Duration time = ModuleClock.time(written);
		if (time == null || time.isNegative()) {
			throw new IllegalArgumentException("'" + text + "' is no time to hedge after: write 'p95' or '800ms'");
		}
		return new HedgeDelay(0, time);
	}

	@Override
	public String toString() {
		return (this.time == null) ? "p" + this.percentile : this.time.toMillis() + "ms";
	}

}
