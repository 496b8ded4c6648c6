package io.arcllm.autoconfigure.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Reads and shows configured text: blank is absent, and secrets are masked.
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

	/** The URL without the parts that may be secret: user, password and query. */
	public static String maskUrl(@Nullable String url) {
		return (url == null) ? "null"
				: QUERY.matcher(USER_INFO.matcher(url).replaceAll("//" + MASK + "@")).replaceAll("?" + MASK);
	}

	/** The constant as it is written in keys and tags, such as {@code half-open}. */
	public static String dashed(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
