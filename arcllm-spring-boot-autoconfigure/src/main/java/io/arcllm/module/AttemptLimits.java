package io.arcllm.module;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.arcllm.TimeoutStage;
import org.jspecify.annotations.Nullable;

/**
 * How long an attempt may be silent. The timeout module puts it into the {@link Scope};
 * the contract module enforces it, because only that module sees what was delivered.
 *
 * @param attempt for a whole answer
 * @param firstToken to the first content of a stream
 * @param idle between two pieces of content
 * @param minRate how fast a stream must be after its first content, if that is bounded
 * @param unread how long the subscriber may request nothing; zero for no limit
 */
public record AttemptLimits(Duration attempt, Duration firstToken, Duration idle, @Nullable MinRate minRate,
		Duration unread) {

	public AttemptLimits(Duration attempt, Duration firstToken, Duration idle) {
		this(attempt, firstToken, idle, null, Duration.ZERO);
	}

	/** The limit of that stage. */
	public Duration of(TimeoutStage stage) {
		return switch (stage) {
			case FIRST_TOKEN -> this.firstToken;
			case IDLE -> this.idle;
			case RATE -> (this.minRate == null) ? this.idle : this.minRate.window();
			case ATTEMPT, CONNECT -> this.attempt;
		};
	}

	/**
	 * The lowest rate of a stream after its first content. Written {@code 5/s over 10s}:
	 * tokens a second, on average over each window of that length.
	 *
	 * @param tokensPerSecond a token is four characters, and each event at least one
	 * @param window how long tokens are counted before the rate is judged
	 */
	public record MinRate(int tokensPerSecond, Duration window) {

		private static final Pattern WRITTEN = Pattern.compile("(\\d{1,6}) ?/ ?s(?: over (\\S{1,40}))?");

		private static final Duration USUAL_WINDOW = Duration.ofSeconds(10);

		public MinRate {
			if (tokensPerSecond < 1) {
				throw new IllegalArgumentException(
						"the rate must be at least one token a second, was " + tokensPerSecond);
			}
			if (window.compareTo(Duration.ofSeconds(1)) < 0) {
				throw new IllegalArgumentException("the rate must be counted over at least a second, was " + window);
			}
		}

		/**
		 * Parses the written form.
		 */
		public static MinRate of(String text) {
			Matcher written = WRITTEN.matcher(text.trim().toLowerCase(Locale.ROOT));
			boolean matches = written.matches();
			Duration window = !matches ? null
					: (written.group(2) == null) ? USUAL_WINDOW : ModuleClock.time(written.group(2));
			if (window == null) {
				throw new IllegalArgumentException("'" + text + "' is no rate: write '5/s over 10s'");
			}
			return new MinRate(Integer.parseInt(written.group(1)), window);
		}

		/** How many tokens a window must have. */
		public long tokens() {
			return this.tokensPerSecond * this.window.toMillis() / 1000;
		}

		@Override
		public String toString() {
			return this.tokensPerSecond + "/s over " + this.window.toSeconds() + "s";
		}

	}

}
