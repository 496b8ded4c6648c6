package io.arcllm.provider.error;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

import io.arcllm.LlmException;
import org.jspecify.annotations.Nullable;

import org.springframework.lang.Contract;

/**
 * Removes keys from text, because vendors repeat a wrong key in their errors.
 */
public final class Secrets {

	private static final String MASK = "***";

	/** Shorter keys are ordinary words, for tests and for servers that take any key. */
	private static final int SHORTEST_KEY = 8;

	/**
	 * Keys for servers that take any key; masking these would only make messages
	 * unreadable.
	 */
	private static final Set<String> DUMMIES = Set.of("simulated", "dummy-key", "test-key", "fake-key", "lm-studio",
			"not-needed", "not-required", "no-key-needed", "no-key-required", "placeholder", "changeme");

	private static final int SHORTEST_BEGINNING = 4;

	private static final String CUT = "…";

	/**
	 * Look-ahead is bounded and never reads text again, because a text of many beginnings
	 * of keys would otherwise take quadratic time.
	 */
	private static final List<Pattern> KEYS = List.of(
			// what stands after "key:", "token=", "key provided:" and the like
			Pattern.compile("(?i)\\b((?:api[ _-]?key|access[ _-]?token|token|secret|password|credential|key)s?"
					+ "(?: provided| supplied| is)?\\s?[\"'`]?\\s?[:=]\\s?[\"'`]?)(?=[^\\s\"'`\\d*_-]{0,256}+[\\d*_-])(?=[^\\s\"'`A-Za-z*]{0,256}+[A-Za-z*])[^\\s\"'`,;)]{4,}"),
			Pattern.compile("(?i)\\b(bearer |basic )[A-Za-z0-9._~+/=*-]{8,}"),
			// prefixes of vendors' keys
			Pattern
				.compile("()\\b(?:sk|pk|rk|gsk|xai|hf|r8|pplx|fw|tgp|csk|nvapi|key|ghp|gho|ghs|ghu|ghr|github_pat|glpat"
						+ "|xox[abeprs]|xapp|whsec|npm|GOCSPX|dop_v1|shpat|lsv2|sq0csp|SG\\.|hvs\\."
						+ "|AIza|AKIA|ASIA|ya29\\.|bedrock-api-key|ABSK)[-_]?(?=[A-Za-z._-]{0,256}+[\\d*])[A-Za-z0-9._*-]{8,}"),
			Pattern.compile("()\\beyJ[A-Za-z0-9_-]{5}[A-Za-z0-9_.-]*+"),
			// no prefix, but no ordinary word looks like this
			Pattern.compile("()\\b(?=[A-Za-z]*\\d)(?=\\d*[A-Za-z])[A-Za-z0-9]{32,}\\b"));

	private Secrets() {
	}

	/**
	 * The text with everything masked that looks like a key.
	 */
	@Contract("null -> null; !null -> !null")
	public static @Nullable String mask(@Nullable String words) {
		if (words == null) {
			return null;
		}
		String masked = words;
		for (Pattern key : KEYS) {
			masked = key.matcher(masked).replaceAll("$1" + MASK);
		}
		return masked;
	}

	/**
	 * The failure with the key masked, if the vendor repeated it.
	 */
	public static LlmException mask(LlmException failure, @Nullable String key) {
		String message = String.valueOf(failure.getMessage());
		if (key == null || isWord(key)) {
			return failure;
		}
		String told = without(key, message);
		String code = without(key, failure.vendorCode());
		String requestId = without(key, failure.requestId());
		boolean clean = message.equals(told) && Objects.equals(code, failure.vendorCode())
				&& Objects.equals(requestId, failure.requestId());
		return clean ? failure
				: LlmException.of(failure.kind(), String.valueOf(told))
					.like(failure)
					.vendorCode(code)
					.requestId(requestId)
					.partial(failure.partial())
					.cause(failure.getCause())
					.build();
	}

	private static boolean isWord(String key) {
		return key.length() < SHORTEST_KEY || DUMMIES.contains(key.toLowerCase(Locale.ROOT));
	}

	/** The text without the key, which may have been cut in the middle. */
	private static @Nullable String without(String key, @Nullable String said) {
		if (said == null) {
			return null;
		}
		String words = said.replace(key, MASK);
		for (int length = key.length() - 1; length >= SHORTEST_BEGINNING && words.endsWith(CUT); length--) {
			String end = key.substring(0, length) + CUT;
			if (words.endsWith(end)) {
				return words.substring(0, words.length() - end.length()) + MASK + CUT;
			}
		}
		return words;
	}

}
