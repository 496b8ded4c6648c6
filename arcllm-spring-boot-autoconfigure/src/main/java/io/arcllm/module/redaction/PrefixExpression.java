package io.arcllm.module.redaction;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Makes from a regular expression another one that matches all prefixes of its matches.
 * RE2 does not tell whether more text could change a match; this expression does.
 */
final class PrefixExpression {

	private final String regex;

	private int index;

	private PrefixExpression(String regex) {
		this.regex = regex;
	}

	/**
	 * The expression of all prefixes.
	 * @param regex in RE2's syntax, which must be valid
	 */
	static String of(String regex) {
		return new PrefixExpression(regex).alternatives().beginning();
	}

	/**
	 * A part of an expression.
	 *
	 * @param whole the expression of the whole part
	 * @param beginning the expression of all its prefixes, including the empty one
	 */
	private record Part(String whole, String beginning) {

		static final Part EMPTY = new Part("", "");

		static Part atom(String text) {
			return new Part(text, "(?:" + text + ")?");
		}

		Part then(Part next) {
			return next.whole.isEmpty() ? this : new Part(this.whole + next.whole,
					"(?:" + this.whole + next.beginning + "|" + this.beginning + ")");
		}

	}

	private Part alternatives() {
		List<Part> all = new ArrayList<>();
		all.add(sequence());
		while (this.index < this.regex.length() && this.regex.charAt(this.index) == '|') {
			this.index++;
			all.add(sequence());
		}
		if (all.size() == 1) {
			return all.get(0);
		}
		return new Part("(?:" + String.join("|", all.stream().map(Part::whole).toList()) + ")",
				"(?:" + String.join("|", all.stream().map(Part::beginning).toList()) + ")");
	}

	private Part sequence() {
		if (this.index >= this.regex.length() || "|)".indexOf(this.regex.charAt(this.index)) >= 0) {
			return Part.EMPTY;
		}
		if (this.regex.startsWith("(?", this.index) && isFlags()) {
			String flags = until(')');
			Part rest = sequence();
			return new Part("(?:" + flags + rest.whole() + ")", "(?:" + flags + rest.beginning() + ")");
		}
		Part first = repeated(atom());
		return first.then(sequence());
	}

	/** Whether flags stand here that apply to the rest of the group. */
	private boolean isFlags() {
		int end = this.index + 2;
		while (end < this.regex.length() && "imsU-".indexOf(this.regex.charAt(end)) >= 0) {
			end++;
		}
		return end < this.regex.length() && this.regex.charAt(end) == ')';
	}

	private Part atom() {
		char c = this.regex.charAt(this.index);
		if (c == '(') {
			return group();
		}
		if (c == '[') {
			return Part.atom(characterClass());
		}
		if (c == '\\') {
			return Part.atom(escape());
		}
		int length = Character.charCount(this.regex.codePointAt(this.index));
		this.index += length;
		return Part.atom(this.regex.substring(this.index - length, this.index));
	}

	private Part group() {
		String head = "(?:";
		if (this.regex.startsWith("(?", this.index)) {
			boolean named = "P<".indexOf(this.regex.charAt(this.index + 2)) >= 0;
			String said = until(named ? '>' : ':');
			head = named ? head : said;
		}
		else {
			this.index++;
		}
		Part inside = alternatives();
		this.index++;
		return new Part(head + inside.whole() + ")", head + inside.beginning() + ")");
	}

	private String until(char end) {
		int from = this.index;
		this.index = this.regex.indexOf(end, from) + 1;
		return this.regex.substring(from, this.index);
	}

	private String characterClass() {
		int from = this.index++;
		if (this.regex.charAt(this.index) == '^') {
			this.index++;
		}
		boolean first = true;
		while (first || this.regex.charAt(this.index) != ']') {
			first = false;
			if (this.regex.startsWith("[:", this.index)) {
				this.index = this.regex.indexOf(":]", this.index) + 2;
			}
			else if (this.regex.charAt(this.index) == '\\') {
				escape();
			}
			else {
				this.index++;
			}
		}
		this.index++;
		return this.regex.substring(from, this.index);
	}

	private String escape() {
		int from = this.index;
		char c = this.regex.charAt(from + 1);
		if (c == 'Q') {
			int end = this.regex.indexOf("\\E", from);
			this.index = (end < 0) ? this.regex.length() : end + 2;
			String quoted = this.regex.substring(from, this.index);
			return (end < 0) ? quoted + "\\E" : quoted;
		}
		boolean braces = "pPx".indexOf(c) >= 0 && this.regex.startsWith("{", from + 2);
		if (braces) {
			this.index = this.regex.indexOf('}', from) + 1;
		}
		else if (c == 'x') {
			this.index = from + 4;
		}
		else {
			this.index = from + (("pP".indexOf(c) >= 0) ? 3 : 2);
			while (c >= '0' && c <= '7' && this.index < Math.min(from + 4, this.regex.length())
					&& Character.digit(this.regex.charAt(this.index), 8) >= 0) {
				this.index++;
			}
		}
		return this.regex.substring(from, this.index);
	}

	private Part repeated(Part part) {
		Part repeated = part;
		while (this.index < this.regex.length()) {
			int from = this.index;
			String again = repetition();
			if (again == null) {
				break;
			}
			String before = switch (again.charAt(0)) {
				case '?' -> "";
				case '*', '+' -> "*";
				default -> fewer(again);
			};
			String lazy = (this.index < this.regex.length() && this.regex.charAt(this.index) == '?') ? "?" : "";
			this.index += lazy.length();
			String said = this.regex.substring(from, this.index);
			String all = "(?:" + repeated.whole() + ")";
			repeated = new Part("(?:" + all + said + ")",
					before.isEmpty() ? repeated.beginning() : "(?:" + all + before + repeated.beginning() + ")");
		}
		return repeated;
	}

	private @Nullable String repetition() {
		char c = this.regex.charAt(this.index);
		if (c == '*' || c == '+' || c == '?') {
			this.index++;
			return String.valueOf(c);
		}
		java.util.regex.Matcher braces = BRACES.matcher(this.regex).region(this.index, this.regex.length());
		if (c == '{' && braces.lookingAt()) {
			this.index = braces.end();
			return braces.group();
		}
		return null;
	}

	private static final java.util.regex.Pattern BRACES = java.util.regex.Pattern.compile("\\{(\\d+)(,(\\d*))?}");

	/** The repetition without its last element, which may be incomplete. */
	private static String fewer(String braces) {
		java.util.regex.Matcher matcher = BRACES.matcher(braces);
		matcher.matches();
		String most = (matcher.group(2) == null) ? matcher.group(1) : matcher.group(3);
		if (most.isEmpty()) {
			return "*";
		}
		return "{0," + Math.max(0, Integer.parseInt(most) - 1) + "}";
	}

}
