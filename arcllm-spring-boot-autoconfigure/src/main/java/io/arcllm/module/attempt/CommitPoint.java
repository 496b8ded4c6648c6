package io.arcllm.module.attempt;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.arcllm.LlmEvent;
import io.arcllm.module.ModuleClock;
import org.jspecify.annotations.Nullable;

/**
 * The point from which a stream counts as delivered. What comes before it is held back,
 * so that a subscriber sees nothing of a failure until then. Written {@code first-token},
 * {@code 500ms}, {@code 40-tokens} or {@code full}.
 *
 * @param tokens after this many tokens; 1 for the first, {@link Integer#MAX_VALUE} for no
 * such bound
 * @param after this long after the first token, or {@code null}
 */
public record CommitPoint(int tokens, @Nullable Duration after) {

	/** With the first token: nothing is held back. */
	public static final CommitPoint FIRST_TOKEN = new CommitPoint(1, null);

	/** When the answer is whole. */
	public static final CommitPoint FULL = new CommitPoint(Integer.MAX_VALUE, null);

	private static final int CHARACTERS_A_TOKEN = 4;

	private static final Pattern TOKENS = Pattern.compile("(\\d{1,9})[- ]?tokens?");

	public CommitPoint {
		if (tokens < 1) {
			throw new IllegalArgumentException("at least one token must come first, not " + tokens);
		}
		if (after != null && (after.isZero() || after.isNegative())) {
			throw new IllegalArgumentException("the time must be longer than zero, was " + after);
		}
	}

	/**
	 * Parses the written form.
	 */
	public static CommitPoint of(String text) {
		String written = text.trim().toLowerCase(Locale.ROOT);
		if (written.replace('_', '-').equals("first-token")) {
			return FIRST_TOKEN;
		}
		if (written.equals("full")) {
			return FULL;
		}
		Matcher tokens = TOKENS.matcher(written);
		if (tokens.matches()) {
			return new CommitPoint(Integer.parseInt(tokens.group(1)), null);
		}
		Duration time = ModuleClock.time(written);
		if (time == null) {
			throw new IllegalArgumentException(
					"'" + text + "' is no commit point: write 'first-token', '500ms', '40-tokens' or 'full'");
		}
		return new CommitPoint(Integer.MAX_VALUE, time);
	}

	/** How many tokens an event counts as: one for four characters, at least one. */
	static int tokens(LlmEvent event) {
		return Math.max(1, event.characters() / CHARACTERS_A_TOKEN);
	}

	/**
	 * Whether anything is held back.
	 */
	public boolean holdsBack() {
		return this.tokens > 1;
	}

	@Override
	public String toString() {
		if (this.after != null) {
			return this.after.toMillis() + "ms";
		}
		return equals(FIRST_TOKEN) ? "first-token" : equals(FULL) ? "full" : this.tokens + "-tokens";
	}

}
