package io.arcllm.provider.json;

import java.util.Objects;

/**
 * The arguments of one tool call, whose pieces come one by one. Some vendors begin with
 * an empty object and then send the real ones, and some say the whole object again at the
 * end: neither is passed on.
 * <p>
 * Invariants: {@code said} is all that was passed on; {@code held} is a beginning that
 * says nothing while {@code said} is empty, else what came after the whole object.
 */
public final class ToolArguments {

	/** A longer beginning is no stand-in, however little it says. */
	private static final int LONGEST_STAND_IN = 64;

	private final StringBuilder said = new StringBuilder(0);

	private final StringBuilder held = new StringBuilder(0);

	private final WholeObject whole = new WholeObject();

	private WholeObject again = new WholeObject();

	/**
	 * Takes up the next piece.
	 * @return what of all pieces is to be passed on now; often this one
	 */
	public String add(String piece) {
		if (piece.isEmpty()) {
			return "";
		}
		if (this.said.isEmpty()) {
			return begin(piece);
		}
		if (!this.whole.isWhole()) {
			return pass(piece);
		}
		holdAgain(piece);
		return "";
	}

	/**
	 * What was held back and is to be passed on after all, since no more pieces come.
	 */
	public String rest() {
		String rest = this.held.toString();
		this.held.setLength(0);
		boolean dropped = rest.isBlank() || (!this.said.isEmpty() && saysNothing(rest));
		return dropped ? "" : pass(rest);
	}

	/** Drops what was held back: other arguments are known. */
	public void forget() {
		this.held.setLength(0);
	}

	private String begin(String piece) {
		String text = withoutStandIns(this.held.append(piece).toString());
		this.held.setLength(0);
		if (saysNothing(text)) {
			this.held.append(text);
			return "";
		}
		return pass(text);
	}

	private String pass(String piece) {
		this.said.append(piece);
		this.whole.add(piece);
		return piece;
	}

	private void holdAgain(String piece) {
		if (this.held.length() > LONGEST_STAND_IN) {
			this.held.append(piece);
			this.again.add(piece);
		}
		else {
			String text = withoutStandIns(this.held + piece);
			this.held.setLength(0);
			this.held.append(text);
			this.again = new WholeObject();
			this.again.add(text);
		}
		if (this.again.isWhole() && isSaidAgain(this.held.toString())) {
			this.held.setLength(0);
		}
	}

	/** Without an empty object, or none, that stands before the real one. */
	private static String withoutStandIns(String text) {
		String rest = text;
		for (int end = endOfStandIn(rest); end > 0; end = endOfStandIn(rest)) {
			rest = rest.substring(end);
		}
		return rest;
	}

	/** Where a stand-in ends that another object follows; 0 where there is none. */
	private static int endOfStandIn(String text) {
		String words = text.stripLeading();
		int end = words.startsWith("null") ? text.length() - words.length() + "null".length() : text.indexOf('}') + 1;
		boolean followed = end > 0 && end < text.length() && saysNothing(text.substring(0, end))
				&& text.substring(end).stripLeading().startsWith("{");
		return followed ? end : 0;
	}

	/** Whether these are no arguments, as some vendors write before, or for, none. */
	public static boolean saysNothing(String text) {
		if (text.length() > LONGEST_STAND_IN) {
			return false;
		}
		String words = text.strip();
		return words.isEmpty() || words.equals("null")
				|| (words.startsWith("{") && words.endsWith("}") && words.substring(1, words.length() - 1).isBlank());
	}

	/** Whether this says what was said already, or nothing. */
	public boolean isSaidAgain(String text) {
		if (saysNothing(text)) {
			return true;
		}
		String before = this.said.toString();
		return text.equals(before) || (text.stripLeading().startsWith("{") && this.whole.isWhole()
				&& Objects.equals(Json.object(text), Json.object(before)));
	}

	/** What was passed on so far. */
	public String said() {
		return this.said.toString();
	}

	/** Whether nothing was passed on so far. */
	public boolean isEmpty() {
		return this.said.isEmpty();
	}

	/** Whether they are one whole object so far, be it an empty one. */
	public boolean isWhole() {
		return this.said.isEmpty() ? this.held.indexOf("}") >= 0 : this.whole.isWhole();
	}

	/** Whether an object began and did not end. */
	public boolean isHalfMade() {
		return !this.said.isEmpty() && !this.whole.isWhole() && this.whole.isObject();
	}

}
