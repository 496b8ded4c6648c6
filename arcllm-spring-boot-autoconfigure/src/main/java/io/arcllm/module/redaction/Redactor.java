package io.arcllm.module.redaction;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.arcllm.module.redaction.Matches.Match;

/**
 * Knows what is to be taken out of a text: all detectors together. The engine of the
 * module; knows nothing of calls.
 */
final class Redactor {

	/** So many characters before a match may decide whether it is one. */
	static final int CONTEXT = 32;

	private final List<Detector> detectors;

	private final Set<String> stopWords;

	/**
	 * @param detectors what is looked for
	 * @param stopWords words that are never taken out
	 */
	Redactor(List<Detector> detectors, List<String> stopWords) {
		this.detectors = List.copyOf(detectors);
		this.stopWords = stopWords.stream().map(Redactor::lowerCase).collect(Collectors.toUnmodifiableSet());
	}

	/** The same with one more thing to look for. */
	Redactor with(Detector more) {
		return new Redactor(Stream.concat(Stream.of(more), this.detectors.stream()).toList(),
				List.copyOf(this.stopWords));
	}

	/**
	 * Looks at a text from an index on.
	 */
	Matches find(String text, int from) {
		Matches matches = new Matches(text, this.stopWords);
		Scan scan = new Scan(text);
		for (Detector detector : this.detectors) {
			detector.find(scan, from, matches);
		}
		return matches;
	}

	/** The same text with placeholders; the same instance where nothing was found. */
	String redact(String text, Placeholders placeholders) {
		List<Match> all = text.isEmpty() ? List.of() : find(text, 0).merged();
		if (all.isEmpty()) {
			return text;
		}
		StringBuilder redacted = new StringBuilder(text.length());
		int from = 0;
		for (Match match : all) {
			redacted.append(text, from, match.start());
			redacted.append(placeholders.replace(match.detector(), text.substring(match.start(), match.end())));
			from = match.end();
		}
		return redacted.append(text, from, text.length()).toString();
	}

	static String lowerCase(String text) {
		return text.toLowerCase(Locale.ROOT);
	}

}
