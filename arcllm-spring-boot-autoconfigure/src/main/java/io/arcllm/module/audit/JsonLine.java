package io.arcllm.module.audit;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Writes values as JSON on one line. Control, line and bidi characters are written as
 * {@code \\uXXXX}, so that no text can look like another line.
 */
final class JsonLine {

	private final StringBuilder out = new StringBuilder(512);

	private final boolean sorted;

	private JsonLine(boolean sorted) {
		this.sorted = sorted;
	}

	/** In the order of the fields. */
	static String of(Object value) {
		return new JsonLine(false).write(value).toString();
	}

	/** With names in sorted order, so that equal values are equal texts. */
	static String canonical(Object value) {
		return new JsonLine(true).write(value).toString();
	}

	@Override
	public String toString() {
		return this.out.toString();
	}

	private JsonLine write(@Nullable Object value) {
		if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long) {
			this.out.append(value);
		}
		else if (value instanceof Number number) {
			boolean finite = Double.isFinite(number.doubleValue());
			String written = (number instanceof BigDecimal amount) ? amount.toPlainString() : number.toString();
			this.out.append(finite ? written : "null");
		}
		else if (value instanceof Map<?, ?> map) {
			object(map);
		}
		else if (value instanceof Iterable<?> list) {
			array(list);
		}
		else {
			string(value.toString());
		}
		return this;
	}

	private void object(Map<?, ?> map) {
		Map<?, ?> fields = map;
		if (this.sorted) {
			TreeMap<String, @Nullable Object> byName = new TreeMap<>();
			map.forEach((name, value) -> byName.put(String.valueOf(name), value));
			fields = byName;
		}
		char before = '{';
		for (Map.Entry<?, ?> field : fields.entrySet()) {
			this.out.append(before);
			string(String.valueOf(field.getKey()));
			this.out.append(':');
			write(field.getValue());
			before = ',';
		}
		this.out.append((before == '{') ? "{}" : "}");
	}

	private void array(Iterable<?> list) {
		char before = '[';
		for (Object one : list) {
			this.out.append(before);
			write(one);
			before = ',';
		}
		this.out.append((before == '[') ? "[]" : "]");
	}

	private void string(String text) {
		this.out.append('"');
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '"' || c == '\\') {
				this.out.append('\\').append(c);
			}
			else if (isHidden(c)) {
				this.out.append(String.format("\\u%04x", (int) c));
			}
			else {
				this.out.append(c);
			}
		}
		this.out.append('"');
	}

	/** Control, C1, line and bidi characters. */
	private static boolean isHidden(char c) {
		return c < ' ' || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F || c == 0x2028
				|| c == 0x2029 || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
	}

	/**
	 * The text, or its longest beginning within this many UTF-8 bytes, and an ellipsis.
	 */
	static String cut(String text, int longest) {
		if (text.length() * 3L <= longest || text.getBytes(StandardCharsets.UTF_8).length <= longest) {
			return text;
		}
		int bytes = 0;
		int index = 0;
		while (index < text.length()) {
			int character = text.codePointAt(index);
			bytes += (character < 0x80) ? 1 : (character < 0x800) ? 2 : (character < 0x10000) ? 3 : 4;
			if (bytes > longest) {
				break;
			}
			index += Character.charCount(character);
		}
		return text.substring(0, index) + "…";
	}

}
