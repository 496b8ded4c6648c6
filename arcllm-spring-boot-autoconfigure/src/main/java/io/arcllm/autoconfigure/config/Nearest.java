package io.arcllm.autoconfigure.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Finds the known name that is nearest to a misspelt one.
 */
public final class Nearest {

	private Nearest() {
	}

	/** The candidate that takes the fewest changes. */
	public static Optional<String> to(String written, Collection<String> candidates) {
		return candidates.stream()
			.min(Comparator.comparingInt((String candidate) -> distance(written, candidate))
				.thenComparing(Comparator.naturalOrder()));
	}

	/**
	 * The same, but only if the names are so similar that a spelling mistake is likely.
	 */
	public static Optional<String> closeTo(String written, Collection<String> candidates) {
		return to(written, candidates)
			.filter((candidate) -> distance(written, candidate) <= Math.max(1, written.length() / 3));
	}

	/**
	 * How many characters have to be added, removed or replaced, without counting dashes.
	 */
	static int distance(String first, String second) {
		String from = KeyTree.uniform(first);
		String to = KeyTree.uniform(second);
		int[] row = new int[to.length() + 1];
		for (int j = 0; j <= to.length(); j++) {
			row[j] = j;
		}
		for (int i = 1; i <= from.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j <= to.length(); j++) {
				int above = row[j];
				int replaced = diagonal + ((from.charAt(i - 1) == to.charAt(j - 1)) ? 0 : 1);
				row[j] = Math.min(replaced, Math.min(above, row[j - 1]) + 1);
				diagonal = above;
			}
		}
		return row[to.length()];
	}

}
