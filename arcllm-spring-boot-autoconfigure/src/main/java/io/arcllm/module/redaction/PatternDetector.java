package io.arcllm.module.redaction;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;

/**
 * Finds the matches of a regular expression from the configuration, in linear time. A
 * match that is too long is cut at its longest length, if it is a match by then, so that
 * a stream never waits for more.
 */
final class PatternDetector extends Detector {

	private final Pattern pattern;

	/** Matches the beginning of a match at the end of a text. */
	private final Pattern begun;

	private final int longest;

	/**
	 * @throws IllegalArgumentException if the expression is wrong
	 */
	PatternDetector(RedactionSettings.Expression expression) {
		super(expression.name());
		this.pattern = Pattern.compile(expression.regex());
		this.begun = Pattern.compile("(?:" + PrefixExpression.of(expression.regex()) + ")\\z");
		this.longest = expression.longest();
		if (this.pattern.matcher("").matches()) {
			throw new IllegalArgumentException("it matches the empty text, and so stands everywhere");
		}
	}

	@Override
	void find(Scan scan, int from, Matches matches) {
		String text = scan.text;
		Matcher matcher = this.pattern.matcher(text);
		int index = from;
		while (index < text.length() && matcher.find(index)) {
			int start = matcher.start();
			int end = matcher.end();
			if (end - start > this.longest) {
				end = isBegun(text, start) ? start + this.longest : start;
			}
			if (end > start) {
				matches.add(start, end, this);
			}
			index = Math.max(end, start + 1);
		}
		open(text, from, matches);
	}

	/** Whether there is a match within the allowed length. */
	private boolean isBegun(String text, int start) {
		Matcher within = this.pattern.matcher(text.substring(0, start + this.longest));
		return within.find(start) && within.start() == start;
	}

	private void open(String text, int from, Matches matches) {
		int earliest = Math.max(from, text.length() - this.longest);
		Matcher open = this.begun.matcher(text);
		if (earliest < text.length() && open.find(earliest) && open.start() < text.length()) {
			matches.open(open.start());
		}
	}

}
