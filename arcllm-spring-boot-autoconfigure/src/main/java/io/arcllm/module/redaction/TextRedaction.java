package io.arcllm.module.redaction;

import java.util.List;

import io.arcllm.module.redaction.Matches.Match;

/**
 * Redacts a text that comes in pieces: holds back only what may still become a match.
 * <p>
 * Invariant: what was passed on is what {@link Redactor#redact} makes of the same
 * beginning, whatever comes after it.
 */
final class TextRedaction {

	private final Redactor redactor;

	private final Redactor.Replacement replacement;

	private final Output output;

	/** The end of what was passed on, as context, and then what is held back. */
	private final StringBuilder buffer = new StringBuilder();

	private int decided;

	TextRedaction(Redactor redactor, Redactor.Replacement replacement, Output output) {
		this.redactor = redactor;
		this.replacement = replacement;
		this.output = output;
	}

	/**
	 * Takes the redacted text, in order.
	 */
	interface Output {

		/** The next characters stay as they are. */
		void keep(CharSequence text, int from, int to);

		/** This many of the next characters are replaced. */
		void replace(int characters, String replacement);

	}

	/** Adds the next piece. */
	void add(CharSequence piece) {
		this.buffer.append(piece);
		decide(false);
	}

	/** Ends the text, so that no match can grow any more. A new text begins. */
	void end() {
		if (this.buffer.length() > this.decided) {
			decide(true);
		}
		forget();
	}

	/** Drops what is held back. A new text begins. */
	void forget() {
		this.buffer.setLength(0);
		this.decided = 0;
	}

	private void decide(boolean last) {
		String text = this.buffer.toString();
		Matches found = this.redactor.find(text, this.decided);
		List<Match> all = found.merged();
		int until = last ? text.length() : found.decidedUntil(all);
		int from = this.decided;
		for (Match match : all) {
			if (match.end() > until) {
				break;
			}
			keep(text, from, match.start());
			String value = text.substring(match.start(), match.end());
			this.output.replace(value.length(), this.replacement.replace(match.detector(), value));
			from = match.end();
		}
		keep(text, from, until);
		int context = Math.max(0, until - Redactor.CONTEXT);
		this.buffer.delete(0, context);
		this.decided = until - context;
	}

	private void keep(String text, int from, int to) {
		if (to > from) {
			this.output.keep(text, from, to);
		}
	}

}
