package io.arcllm.module.redaction;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What is removed from requests and answers.
 *
 * @param detectors what is searched for: email, phone, ssn, credit-card, iban, ip, secret
 * @param patterns regular expressions for what else is searched for
 * @param stopWords words that are never removed, in upper or lower case
 * @param direction whether requests, answers or both are redacted
 * @param restore whether placeholders are numbered in requests, and replaced by the
 * original values in answers
 * @param onError what happens when a detector fails
 */
public record RedactionSettings(List<Kind> detectors, List<Expression> patterns, List<String> stopWords,
		Direction direction, boolean restore, OnError onError) {

	public RedactionSettings {
		detectors = (detectors == null) ? List.of() : List.copyOf(new LinkedHashSet<>(detectors));
		patterns = (patterns == null) ? List.of() : List.copyOf(patterns);
		stopWords = (stopWords == null) ? List.of() : List.copyOf(stopWords);
		if (restore && direction == Direction.RESPONSE) {
			throw new IllegalArgumentException("restore puts back what was taken out of requests, and direction"
					+ " response takes nothing out of them: set direction to both or request, or restore to false");
		}
		Set<String> names = new HashSet<>();
		patterns.forEach((pattern) -> {
			if (!names.add(pattern.name())) {
				throw new IllegalArgumentException("patterns has the name '" + pattern.name() + "' twice");
			}
		});
	}

	/** Whether requests are redacted. */
	boolean redactsRequests() {
		return this.direction != Direction.RESPONSE;
	}

	/** Whether answers are redacted. */
	boolean redactsAnswers() {
		return this.direction != Direction.REQUEST;
	}

	/**
	 * The built-in detectors.
	 */
	public enum Kind {

		/** Mail addresses with a dotted domain. */
		EMAIL,

		/** Numbers with a plus and a country code, or of 3-3-4 digits with separators. */
		PHONE,

		/** Social security numbers of the United States, in their ranges. */
		SSN,

		/** Numbers of payment cards whose check digit is right. */
		CREDIT_CARD,

		/** Numbers of bank accounts whose check digits are right. */
		IBAN,

		/** Addresses of IPv4 and IPv6. */
		IP,

		/** Keys, tokens and passwords. */
		SECRET;

		/** The name in settings and meters. */
		String dashed() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

	/**
	 * What is redacted.
	 */
	public enum Direction {

		/** Requests and answers. */
		BOTH,

		/** Only requests. */
		REQUEST,

		/** Only answers. */
		RESPONSE

	}

	/**
	 * What happens when a detector fails.
	 */
	public enum OnError {

		/** The call is refused: nothing is sent that was not searched. */
		REFUSE

	}

	/**
	 * A regular expression from the configuration, in RE2's syntax.
	 *
	 * @param name names the placeholder, in capitals
	 * @param regex the expression
	 * @param maxLength the longest match, in characters; default 256
	 */
	public record Expression(String name, String regex, @Nullable Integer maxLength) {

		private static final int DEFAULT_LENGTH = 256;

		public Expression {
			if (name == null || !name.matches("[a-zA-Z][a-zA-Z0-9_-]*")) {
				throw new IllegalArgumentException("name of a pattern must be letters, digits and dashes, was " + name);
			}
			if (regex == null || regex.isEmpty()) {
				throw new IllegalArgumentException("the pattern '" + name + "' has no regex");
			}
			maxLength = (maxLength == null) ? Integer.valueOf(DEFAULT_LENGTH) : maxLength;
			if (maxLength < 1) {
				throw new IllegalArgumentException(
						"max-length of the pattern '" + name + "' must be 1 or more, was " + maxLength);
			}
		}

		int longest() {
			return (this.maxLength == null) ? DEFAULT_LENGTH : this.maxLength;
		}

	}

}
