package io.arcllm.module.redaction;

/**
 * Redacts JSON that comes in pieces, in its string values only. Names, numbers and white
 * space are passed on unchanged, and so are escapes in which nothing was found. Text that
 * is no JSON is accepted, too.
 */
final class JsonRedaction {

	private static final String HEX = "0123456789abcdef";

	private final TextRedaction value;

	private final StringBuilder out = new StringBuilder();

	/** A string value as it is written, and how many characters each of it takes. */
	private final StringBuilder written = new StringBuilder();

	private final StringBuilder widths = new StringBuilder();

	/** How much of these two was passed on; removed from time to time, not each time. */
	private int readWritten;

	private int readWidths;

	/** Whether objects or arrays are open, the innermost last. */
	private final StringBuilder open = new StringBuilder();

	/** The part of an escape that is not complete yet. */
	private final StringBuilder escape = new StringBuilder();

	private State state = State.BETWEEN;

	private boolean nameIsNext;

	private enum State {

		BETWEEN, NAME, NAME_ESCAPE, VALUE, VALUE_ESCAPE

	}

	JsonRedaction(Redactor redactor, Redactor.Replacement replacement) {
		this.value = new TextRedaction(redactor, replacement, new Written());
	}

	/** Redacts a whole document. */
	static String redact(String json, Redactor redactor, Redactor.Replacement replacement) {
		JsonRedaction redaction = new JsonRedaction(redactor, replacement);
		String redacted = redaction.add(json) + redaction.end();
		return redacted.equals(json) ? json : redacted;
	}

	/** Adds the next piece, and returns what may be passed on. */
	String add(String piece) {
		StringBuilder decoded = new StringBuilder();
		for (int i = 0; i < piece.length(); i++) {
			char c = piece.charAt(i);
			switch (this.state) {
				case BETWEEN -> between(c);
				case NAME -> name(c);
				case NAME_ESCAPE -> {
					this.out.append(c);
					this.state = State.NAME;
				}
				case VALUE -> value(c, decoded);
				case VALUE_ESCAPE -> escaped(c, decoded);
			}
		}
		flush(decoded);
		return take();
	}

	/** Ends the document, and returns the rest. */
	String end() {
		this.value.end();
		this.out.append(this.written, this.readWritten, this.written.length()).append(this.escape);
		this.readWidths = this.widths.length();
		this.readWritten = this.written.length();
		compact();
		this.escape.setLength(0);
		this.state = State.BETWEEN;
		return take();
	}

	private String take() {
		String taken = this.out.toString();
		this.out.setLength(0);
		return taken;
	}

	private void between(char c) {
		this.out.append(c);
		switch (c) {
			case '{', '[' -> {
				this.open.append(c);
				this.nameIsNext = c == '{';
			}
			case '}', ']' -> {
				this.open.setLength(Math.max(0, this.open.length() - 1));
				this.nameIsNext = false;
			}
			case ',' -> this.nameIsNext = !this.open.isEmpty() && this.open.charAt(this.open.length() - 1) == '{';
			case ':' -> this.nameIsNext = false;
			case '"' -> this.state = this.nameIsNext ? State.NAME : State.VALUE;
			default -> {
			}
		}
	}

	private void name(char c) {
		this.out.append(c);
		if (c == '"') {
			this.state = State.BETWEEN;
		}
		else if (c == '\\') {
			this.state = State.NAME_ESCAPE;
		}
	}

	private void value(char c, StringBuilder decoded) {
		if (c == '"') {
			flush(decoded);
			this.value.end();
			this.out.append(c);
			this.state = State.BETWEEN;
		}
		else if (c == '\\') {
			this.escape.append(c);
			this.state = State.VALUE_ESCAPE;
		}
		else {
			write(String.valueOf(c), c, decoded);
		}
	}

	private void escaped(char c, StringBuilder decoded) {
		this.escape.append(c);
		int width = this.escape.length();
		if (this.escape.charAt(1) == 'u') {
			if (width < 6) {
				return;
			}
			write(this.escape.toString(), code(), decoded);
		}
		else {
			int known = "nrtbf".indexOf(c);
			write(this.escape.toString(), (known < 0) ? c : "\n\r\t\b\f".charAt(known), decoded);
		}
		this.escape.setLength(0);
		this.state = State.VALUE;
	}

	private char code() {
		int code = 0;
		for (int i = 2; i < 6; i++) {
			code = code * 16 + Math.max(0, Character.digit(this.escape.charAt(i), 16));
		}
		return (char) code;
	}

	private void write(String as, char c, StringBuilder decoded) {
		this.written.append(as);
		this.widths.append((char) as.length());
		decoded.append(c);
	}

	/** Keeps the cost of many matches in one long value proportional to its length. */
	private void compact() {
		if (this.readWidths > this.widths.length() / 2) {
			this.written.delete(0, this.readWritten);
			this.widths.delete(0, this.readWidths);
			this.readWritten = 0;
			this.readWidths = 0;
		}
	}

	private void flush(StringBuilder decoded) {
		if (!decoded.isEmpty()) {
			this.value.add(decoded);
			decoded.setLength(0);
		}
	}

	/**
	 * Passes characters on as they are written.
	 */
	private final class Written implements TextRedaction.Output {

		@Override
		public void keep(CharSequence text, int from, int to) {
			int begin = JsonRedaction.this.readWritten;
			JsonRedaction.this.out.append(JsonRedaction.this.written, begin, begin + read(to - from));
			compact();
		}

		@Override
		public void replace(int characters, String replacement) {
			read(characters);
			compact();
			for (int i = 0; i < replacement.length(); i++) {
				quote(replacement.charAt(i));
			}
		}

		/** The length of these characters as they are written. */
		private int read(int characters) {
			int width = 0;
			for (int i = 0; i < characters; i++) {
				width += JsonRedaction.this.widths.charAt(JsonRedaction.this.readWidths + i);
			}
			JsonRedaction.this.readWidths += characters;
			JsonRedaction.this.readWritten += width;
			return width;
		}

		private void quote(char c) {
			StringBuilder out = JsonRedaction.this.out;
			if (c == '"' || c == '\\') {
				out.append('\\').append(c);
			}
			else if (c < ' ') {
				out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
			}
			else {
				out.append(c);
			}
		}

	}

}
