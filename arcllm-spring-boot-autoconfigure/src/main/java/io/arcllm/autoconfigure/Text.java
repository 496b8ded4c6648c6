package io.arcllm.autoconfigure;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * How configured text is read and shown: blank is absent, and a secret is a mask.
 */
final class Text {

	static final String MASK = "******";

	private static final Pattern USER_INFO = Pattern.compile("//[^/?#]*@");

	private Text() {
	}

	static @Nullable String orNull(@Nullable String text) {
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

	/** The URL without the user and the password that some write into it. */
	static String maskUserInfo(@Nullable String url) {
		return (url == null) ? "null" : USER_INFO.matcher(url).replaceAll("//" + MASK + "@");
	}

	/** How a constant is written where keys and tags are, such as {@code half-open}. */
	static String dashed(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
