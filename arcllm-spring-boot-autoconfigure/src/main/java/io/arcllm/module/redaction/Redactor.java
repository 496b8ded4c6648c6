package io.arcllm.module.redaction;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.module.redaction.Matches.Match;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Finds what is to be removed from a text, with all detectors together. The engine of the
 * module; independent of calls. Safe for use by many threads.
 */
final class Redactor {

	/** The most characters before a match that decide whether it is one. */
	static final int CONTEXT = 32;

	private static final Log logger = LogFactory.getLog(Redactor.class);

	/** All, in their order. */
	private final List<Detector> detectors;

	private final Beginnings beginnings;

	/** Those that search by themselves. */
	private final List<Detector> others;

	private final AtomicBoolean failed = new AtomicBoolean();

	private final Set<String> stopWords;

	/**
	 * Makes the placeholder of a match.
	 */
	@FunctionalInterface
	interface Replacement {

		String replace(Detector detector, String value);

	}

	/**
	 * @param detectors what is searched for
	 * @param stopWords words that are never removed
	 */
	Redactor(List<Detector> detectors, List<String> stopWords) {
		this(detectors, new Beginnings(characters(detectors)),
				detectors.stream().filter((one) -> !(one instanceof CharacterDetector)).toList(),
				stopWords.stream().map(Redactor::lowerCase).collect(Collectors.toUnmodifiableSet()));
	}

	private Redactor(List<Detector> detectors, Beginnings beginnings, List<Detector> others, Set<String> stopWords) {
		this.detectors = List.copyOf(detectors);
		this.beginnings = beginnings;
		this.others = List.copyOf(others);
		this.stopWords = stopWords;
	}

	private static List<CharacterDetector> characters(List<Detector> detectors) {
		return detectors.stream()
			.filter(CharacterDetector.class::isInstance)
			.map(CharacterDetector.class::cast)
			.toList();
	}

	/** The same with one more detector, which takes precedence over all others. */
	Redactor with(Detector more) {
		return new Redactor(first(more, this.detectors), this.beginnings, first(more, this.others), this.stopWords);
	}

	private static List<Detector> first(Detector more, List<Detector> others) {
		return Stream.concat(Stream.of(more), others.stream()).toList();
	}

	/**
	 * Searches a text from an index on.
	 */
	Matches find(String text, int from) {
		Matches matches = new Matches(text, this.stopWords, this.detectors);
		Scan scan = new Scan(text);
		this.beginnings.find(scan, from, matches);
		for (Detector detector : this.others) {
			try {
				detector.find(scan, from, matches);
			}
			catch (RuntimeException ex) {
				throw refused(detector, ex);
			}
		}
		return matches;
	}

	/** The message has neither the text nor the detector's own message. */
	private LlmException refused(Detector detector, RuntimeException failure) {
		String message = "The detector '" + detector.type() + "' of redaction failed (" + failure.getClass().getName()
				+ ")";
		if (this.failed.compareAndSet(false, true)) {
			logger.error(message + "; calls whose text it cannot look at are refused");
		}
		return LlmException.of(ErrorKind.CONTENT_POLICY, message + ": the call is refused").build();
	}

	/** The text with placeholders; the same instance if nothing was found. */
	String redact(String text, Replacement replacement) {
		List<Match> all = text.isEmpty() ? List.of() : find(text, 0).merged();
		if (all.isEmpty()) {
			return text;
		}
		StringBuilder redacted = new StringBuilder(text.length());
		int from = 0;
		for (Match match : all) {
			redacted.append(text, from, match.start());
			redacted.append(replacement.replace(match.detector(), text.substring(match.start(), match.end())));
			from = match.end();
		}
		return redacted.append(text, from, text.length()).toString();
	}

	static String lowerCase(String text) {
		return text.toLowerCase(Locale.ROOT);
	}

	/**
	 * Where in a text matches of several detectors may begin: found in one pass, with a
	 * table of each ASCII character after each other one. At most places no match can
	 * begin.
	 */
	private static final class Beginnings {

		private static final int ASCII = 128;

		private final List<CharacterDetector> detectors;

		/**
		 * By the character before (0 for none) and the character, a bit for each
		 * detector.
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
		 * Lets all detectors search a text from an index on.
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

}
