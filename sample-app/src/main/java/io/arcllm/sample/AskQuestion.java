package io.arcllm.sample;

/**
 * The question of a visitor: not blank, and of limited length.
 *
 * @param text the question
 */
public record AskQuestion(String text) {

	static final int LONGEST = 4000;

	public AskQuestion {
		if (text.isBlank() || text.length() > LONGEST) {
			throw new IllegalArgumentException("Ask something of at most " + LONGEST + " characters");
		}
	}

	/** Called by Spring to convert the parameter. */
	public static AskQuestion valueOf(String text) {
		return new AskQuestion(text);
	}

}
