package io.arcllm.provider.json;

import java.util.Objects;

/**
 * The arguments of one tool call, which come in pieces. Some vendors begin with an empty
 * object and then send the real arguments, and some repeat the whole object at the end;
 * neither is passed on. Not safe for use by several threads.
 * <p>
 * Invariants: {@code said} is everything that was passed on; {@code held} is an empty
 * beginning while {@code said} is empty, else what came after the complete object.
 */
public final class ToolArguments {

	/** A longer beginning counts as real arguments. */
	private static final int LONGEST_STAND_IN = 64;

	private final StringBuilder said = new StringBuilder(0);

	private final StringBuilder held = new StringBuilder(0);

	private final WholeObject whole = new WholeObject();

	private WholeObject again = new WholeObject();

	/**
	 * Adds the next piece.
	 * @return what can be passed on now, often this piece
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
	 * The held back text that is passed on after all, because there are no more pieces.
	 */
	public String rest() {
		String rest = this.held.toString();
		this.held.setLength(0);
		boolean dropped = rest.isBlank() || (!this.said.isEmpty() && saysNothing(rest));
		return dropped ? "" : pass(rest);
	}

	/** Drops what was held back, because other arguments are known. */
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

	/** The text without empty arguments before the real ones. */
	private static String withoutStandIns(String text) {
		String rest = text;
		for (int end = endOfStandIn(rest); end > 0; end = endOfStandIn(rest)) {
			rest = rest.substring(end);
		}
		return rest;
	}

	/** The end of empty arguments that another object follows; 0 if there are none. */
	private static int endOfStandIn(String text) {
		String words = text.stripLeading();
		int end = words.startsWith("null") ? text.length() - words.length() + "null".length() : text.indexOf('}') + 1;
		boolean followed = end > 0 && end < text.length() && saysNothing(text.substring(0, end))
				&& text.substring(end).stripLeading().startsWith("{");
		return followed ? end : 0;
	}

	/**
	 * Whether these are empty arguments, which some vendors write before real ones or for
	 * none.
	 */
	public static boolean saysNothing(String text) {
		if (text.length() > LONGEST_STAND_IN) {
			return false;
		}
		String words = text.strip();
		return words.isEmpty() || words.equals("null")
				|| (words.startsWith("{") && words.endsWith("}") && words.substring(1, words.length() - 1).isBlank());
	}

	/** Whether this repeats what was passed on, or is empty. */
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

	/** Whether they are one complete object so far, possibly an empty one. */
	public boolean isWhole() {
		return this.said.isEmpty() ? this.held.indexOf("}") >= 0 : this.whole.isWhole();
	}

	/** Whether an object began and did not end. */
	public boolean isHalfMade() {
		return !this.said.isEmpty() && !this.whole.isWhole() && this.whole.isObject();
	}

}
