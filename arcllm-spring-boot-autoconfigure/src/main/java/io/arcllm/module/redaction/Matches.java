package io.arcllm.module.redaction;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The matches of detectors in a text. Matches that overlap become one.
 */
final class Matches {

	private final String text;

	private final Set<String> stopWords;

	private final List<Detector> detectors;

	private List<Match> found = List.of();

	private int open;

	/**
	 * @param stopWords words that are never removed, in lower case
	 * @param detectors the detectors in order of precedence, for matches at the same
	 * place
	 */
	Matches(String text, Set<String> stopWords, List<Detector> detectors) {
		this.text = text;
		this.stopWords = stopWords;
		this.detectors = detectors;
		this.open = text.length();
	}

	/**
	 * A part of the text to remove.
	 *
	 * @param start of its first character
	 * @param end after its last character
	 * @param length of the longest of the merged matches
	 * @param detector the detector that found the longest
	 */
	record Match(int start, int end, int length, Detector detector) {

		Match merge(Match other) {
			boolean longer = other.length > this.length;
			return new Match(this.start, Math.max(this.end, other.end), longer ? other.length : this.length,
					longer ? other.detector : this.detector);
		}

	}

	void add(int start, int end, Detector detector) {
		if (!this.stopWords.isEmpty() && this.stopWords.contains(Redactor.lowerCase(this.text.substring(start, end)))) {
			return;
		}
		if (this.found.isEmpty()) {
			this.found = new ArrayList<>();
		}
		this.found.add(new Match(start, end, end - start, detector));
	}

	/** A match may have begun there that is not complete yet. */
	void open(int start) {
		this.open = Math.min(this.open, start);
	}

	/** All matches, including those that overlap. */
	List<Match> all() {
		return List.copyOf(this.found);
	}

	/** All matches, in order and without overlaps. */
	List<Match> merged() {
		if (this.found.size() < 2) {
			return this.found;
		}
		this.found.sort(this::byPlace);
		List<Match> merged = new ArrayList<>(this.found.size());
		Match last = this.found.get(0);
		for (Match match : this.found.subList(1, this.found.size())) {
			if (match.start() < last.end()) {
				last = last.merge(match);
			}
			else {
				merged.add(last);
				last = match;
			}
		}
		merged.add(last);
		return merged;
	}

	private int byPlace(Match one, Match other) {
		int by = Integer.compare(one.start(), other.start());
		by = (by != 0) ? by : Integer.compare(other.end(), one.end());
		return (by != 0) ? by
				: Integer.compare(this.detectors.indexOf(one.detector()), this.detectors.indexOf(other.detector()));
	}

	/**
	 * The index up to which everything is decided, whatever text follows: no match before
	 * it could still grow, and none spans it.
	 */
	int decidedUntil(List<Match> merged) {
		int until = this.open;
		for (int i = merged.size() - 1; i >= 0; i--) {
			if (merged.get(i).start() < until && merged.get(i).end() > until) {
				until = merged.get(i).start();
			}
		}
		return until;
	}

}
