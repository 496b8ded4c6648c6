package io.arcllm.provider;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * One frame of a streamed answer, as a view of bytes that are reused: the joined data of
 * a server-sent event, or a line of NDJSON.
 *
 * @param event the event's name, if it has one; {@code error} also for a bare
 * {@code error:} field, which llama.cpp sends
 * @param bytes holds the data
 * @param offset where the data begins
 * @param length how long it is
 */
public record Frame(@Nullable String event, byte[] bytes, int offset, int length) {

	private static final List<String> SIGNS_OF_LIFE = List.of("ping", "pong", "keepalive", "keep-alive", "keep_alive",
			"heartbeat");

	/** JSON without content. */
	private static final List<String> NOTHING = List.of("{}", "null", "\"\"");

	private static final int LONGEST_SIGN = 40;

	/**
	 * Whether the data is exactly this ASCII text.
	 */
	public boolean is(String ascii) {
		if (this.length != ascii.length()) {
			return false;
		}
		for (int i = 0; i < this.length; i++) {
			if (this.bytes[this.offset + i] != ascii.charAt(i)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Whether this is a keep-alive and not part of the answer: by its name, or because
	 * its data is empty, is a word for a keep-alive, or begins with a colon, which JSON
	 * does not.
	 */
	public boolean isComment() {
		if (this.event == null) {
			return saysNothing();
		}
		return isSign(this.event) || (!this.event.equals("error") && saysNothing());
	}

	private static boolean isSign(String word) {
		for (String sign : SIGNS_OF_LIFE) {
			if (sign.equalsIgnoreCase(word)) {
				return true;
			}
		}
		return false;
	}

	/** Makes no text if the data is an object with fields. */
	private boolean saysNothing() {
		int from = this.offset;
		int to = this.offset + this.length;
		while (from < to && this.bytes[from] <= ' ') {
			from++;
		}
		if (from == to || this.bytes[from] == ':') {
			return this.length > 0;
		}
		int second = from + 1;
		while (second < to && this.bytes[second] <= ' ') {
			second++;
		}
		boolean fields = this.bytes[from] == '{' && second < to && this.bytes[second] == '"';
		if (fields || to - from > LONGEST_SIGN) {
			return false;
		}
		String words = text().strip();
		return NOTHING.contains(words.replaceAll("\\s", "")) || isSign(words);
	}

	/**
	 * The data as text. For errors and tests; the hot path parses bytes.
	 */
	public String text() {
		return new String(this.bytes, this.offset, this.length, StandardCharsets.UTF_8);
	}

}
