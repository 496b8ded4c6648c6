package io.arcllm.module.redaction;

/**
 * A detector whose matches can be recognised by their first character and the one before
 * it; {@link Redactor} searches for those of all such detectors in one pass.
 */
abstract class CharacterDetector extends Detector {

	/**
	 * @param type its name in settings and meters
	 */
	CharacterDetector(String type) {
		super(type);
	}

	@Override
	final void find(Scan scan, int from, Matches matches) {
		int index = from;
		while (index < scan.end()) {
			index = mayBegin(scan.before(index), scan.text.charAt(index)) ? look(scan, index, matches) : index + 1;
		}
	}

	/**
	 * Looks at a place where a match may begin.
	 * @return where to look next
	 */
	final int look(Scan scan, int index, Matches matches) {
		scan.begin(index);
		int end = match(scan, index);
		if (scan.hasHitEnd()) {
			matches.open(index);
		}
		if (end > 0) {
			matches.add(scan.start, end, this);
		}
		return Math.max(end, index + 1);
	}

	/**
	 * Whether a match could begin with this character: a quick look that knows these two
	 * characters alone.
	 */
	abstract boolean mayBegin(int before, char c);

	/**
	 * Where the match that begins there ends, or 0. Changes {@link Scan#start} if only a
	 * later part of the match is to be removed.
	 */
	abstract int match(Scan scan, int start);

}
