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

	private static final List<String> SIGNS_OF_LIFE = List.of("ping", "keepalive", "keep-alive", "heartbeat");

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
	 * Whether this is a sign of life and no part of the answer: by its name, or since its
	 * data says nothing or begins with a colon, which no JSON does.
	 */
	public boolean isComment() {
		if (this.event == null) {
			return is("{}") || beginsWithColon();
		}
		for (String sign : SIGNS_OF_LIFE) {
			if (sign.equalsIgnoreCase(this.event)) {
				return true;
			}
		}
		return !this.event.equals("error") && (is("{}") || beginsWithColon());
	}

	private boolean beginsWithColon() {
		int i = this.offset;
		int end = this.offset + this.length;
		while (i < end && this.bytes[i] == ' ') {
			i++;
		}
		return i < end && this.bytes[i] == ':';
	}

	/**
	 * The data as text. For errors and tests; the hot path parses bytes.
	 */
	public String text() {
		return new String(this.bytes, this.offset, this.length, StandardCharsets.UTF_8);
	}

}
