package io.arcllm.module.redaction;

import java.util.List;

/**
 * Where in a text matches of several detectors may begin: found in one pass, by a table
 * of each ASCII character after each other one. At most places that is nowhere.
 */
final class Beginnings {

	private static final int ASCII = 128;

	private final List<CharacterDetector> detectors;

	/**
	 * By the character before (0 for none) and the character, a bit for each detector.
	 */
	private final byte[] table = new byte[(ASCII + 1) * ASCII];

	/**
	 * @param detectors at most as many as a byte has bits
	 */
	Beginnings(List<CharacterDetector> detectors) {
		this.detectors = List.copyOf(detectors);
		for (int before = Scan.NONE; before < ASCII; before++) {
			for (char c = 0; c < ASCII; c++) {
				this.table[index(before, c)] = (byte) ask(before, c);
			}
		}
	}

	private static int index(int before, char c) {
		return (before + 1) * ASCII + c;
	}

	private int ask(int before, char c) {
		int all = 0;
		for (int i = 0; i < this.detectors.size(); i++) {
			all |= this.detectors.get(i).mayBegin(before, c) ? 1 << i : 0;
		}
		return all;
	}

	/**
	 * Has all detectors look at a text from an index on.
	 * @throws RuntimeException of the detector that fails
	 */
	void find(Scan scan, int from, Matches matches) {
		if (this.detectors.isEmpty()) {
			return;
		}
		int[] next = new int[this.detectors.size()];
		int before = scan.before(from);
		for (int index = from; index < scan.end(); index++) {
			char c = scan.text.charAt(index);
			int which = (before < ASCII && c < ASCII) ? this.table[index(before, c)] & 0xFF : ask(before, c);
			while (which != 0) {
				int one = Integer.numberOfTrailingZeros(which);
				which &= which - 1;
				if (index >= next[one]) {
					next[one] = this.detectors.get(one).look(scan, index, matches);
				}
			}
			before = c;
		}
	}

}
