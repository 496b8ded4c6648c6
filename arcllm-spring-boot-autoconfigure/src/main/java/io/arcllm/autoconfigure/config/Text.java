package io.arcllm.autoconfigure.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * How configured text is read and shown: blank is absent, and a secret is a mask.
 */
public final class Text {

	public static final String MASK = "******";

	private static final Pattern USER_INFO = Pattern.compile("//[^/?#]*@");

	private static final Pattern QUERY = Pattern.compile("\\?.+");

	private Text() {
	}

	public static @Nullable String orNull(@Nullable String text) {
		return (text == null || text.isBlank()) ? null : text.trim();
	}

	static String mask(@Nullable Object secret) {
		return (secret == null) ? "null" : MASK;
	}

	static String mask(Collection<?> secrets) {
		return secrets.stream().map(Text::mask).toList().toString();
	}

	static String maskValues(Map<String, ?> secrets) {
		Map<String, String> masked = new TreeMap<>();
		secrets.forEach((name, value) -> masked.put(name, mask(value)));
		return masked.toString();
	}

	/** The URL without what may be secret in it: the user, the password and the query. */
	public static String maskUrl(@Nullable String url) {
		return (url == null) ? "null"
				: QUERY.matcher(USER_INFO.matcher(url).replaceAll("//" + MASK + "@")).replaceAll("?" + MASK);
	}

	/** How a constant is written where keys and tags are, such as {@code half-open}. */
	public static String dashed(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
