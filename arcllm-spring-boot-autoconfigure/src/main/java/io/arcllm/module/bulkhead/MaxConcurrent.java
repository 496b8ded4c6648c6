package io.arcllm.module.bulkhead;

import java.util.Locale;

/**
 * The number of calls that a target gets at the same time, written {@code 5} or {@code
 * auto}.
 *
 * @param calls the number; 0 for {@code auto}
 */
public record MaxConcurrent(int calls) {

	/** The number is found from the target's answers. */
	public static final MaxConcurrent AUTO = new MaxConcurrent(0);

	private static final String WORD = "auto";

	/**
	 * Parses the written form.
	 */
	public static MaxConcurrent of(String text) {
		String written = text.trim().toLowerCase(Locale.ROOT);
		if (written.equals(WORD)) {
			return AUTO;
		}
		try {
			return of(Integer.valueOf(written));
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException(
					"'" + text + "' is no number of calls: write a number such as 5, or auto", ex);
		}
	}

	/**
	 * A fixed number.
	 */
	public static MaxConcurrent of(Integer calls) {
		if (calls < 1) {
			throw new IllegalArgumentException("max-concurrent must be 1 or more, or auto, was " + calls);
		}
		return new MaxConcurrent(calls);
	}

	/** Whether the number is found. */
	public boolean isAuto() {
		return this.calls == 0;
	}

	@Override
	public String toString() {
		return isAuto() ? WORD : String.valueOf(this.calls);
	}

}
