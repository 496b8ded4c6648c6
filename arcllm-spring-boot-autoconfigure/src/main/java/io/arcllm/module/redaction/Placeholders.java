package io.arcllm.module.redaction;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The placeholders of the values that were removed in one call. If they are numbered, the
 * values can be restored, in this call only. Safe for use by several threads.
 */
final class Placeholders {

	private static final Pattern NUMBERED = Pattern.compile("\\[[A-Z][A-Z0-9_]*_\\d{1,9}]");

	private final boolean numbered;

	private final RedactionListener listener;

	/** Placeholders that the request itself contains. */
	private final Set<String> taken = new HashSet<>(0);

	private final Map<String, Integer> last = new HashMap<>(0);

	private final Map<String, String> byValue = new LinkedHashMap<>(0);

	private final Map<String, String> values = new LinkedHashMap<>(0);

	private boolean restorable = true;

	Placeholders(boolean numbered, RedactionListener listener) {
		this.numbered = numbered;
		this.listener = listener;
	}

	/** The numbers of placeholders in this text are not used. */
	synchronized void avoid(String text) {
		if (this.numbered && text.indexOf('[') >= 0) {
			Matcher matcher = NUMBERED.matcher(text);
			while (matcher.find()) {
				this.taken.add(matcher.group());
			}
		}
	}

	/** What is removed from now on comes from the answer, and is not restored. */
	synchronized void endRequest() {
		this.restorable = false;
	}

	/** The placeholder of this value; counts the removal. */
	synchronized String replace(Detector detector, String value) {
		if (!(detector instanceof PlaceholderDetector) && !isPutBack(detector, value)) {
			this.listener.redacted(detector.type());
		}
		return replaceAgain(detector, value);
	}

	/** The placeholder of this value, whose removal was counted before. */
	synchronized String replaceAgain(Detector detector, String value) {
		if (detector instanceof PlaceholderDetector) {
			return this.values.getOrDefault(value, value);
		}
		return isPutBack(detector, value) ? value : replaceUncounted(detector, value);
	}

	/** The placeholder of this value where nothing is restored. */
	synchronized String replaceUncounted(Detector detector, String value) {
		String name = name(detector.type());
		if (!this.numbered) {
			return "[" + name + "]";
		}
		String known = this.byValue.get(name + value);
		return (known != null) ? known : give(name, value);
	}

	/** Whether the answer repeats a value of the request. */
	private boolean isPutBack(Detector detector, String value) {
		String known = this.restorable ? null : this.byValue.get(name(detector.type()) + value);
		return known != null && this.values.containsKey(known);
	}

	private String give(String name, String value) {
		String placeholder;
		do {
			placeholder = "[" + name + "_" + this.last.merge(name, 1, Integer::sum) + "]";
		}
		while (this.taken.contains(placeholder));
		this.byValue.put(name + value, placeholder);
		if (this.restorable) {
			this.values.put(placeholder, value);
		}
		return placeholder;
	}

	/** The detector of placeholders to restore; {@code null} if there are none. */
	synchronized @Nullable Detector restoring() {
		return this.values.isEmpty() ? null : new PlaceholderDetector(this.values.keySet());
	}

	private static String name(String type) {
		return type.toUpperCase(Locale.ROOT).replace('-', '_');
	}

	/**
	 * Finds the placeholders of this call in its answer.
	 */
	private static final class PlaceholderDetector extends CharacterDetector {

		private final Set<String> placeholders;

		private final int longest;

		PlaceholderDetector(Set<String> placeholders) {
			super("placeholder");
			this.placeholders = placeholders;
			this.longest = placeholders.stream().mapToInt(String::length).max().orElse(0);
		}

		@Override
		boolean mayBegin(int before, char c) {
			return c == '[';
		}

		@Override
		int match(Scan scan, int start) {
			int index = start + 1;
			int c = scan.at(index);
			while ((Scan.isAlphanumeric(c) || c == '_') && index - start < this.longest) {
				c = scan.at(++index);
			}
			boolean known = c == ']' && this.placeholders.contains(scan.text.substring(start, index + 1));
			return known ? index + 1 : 0;
		}

	}

}
