package io.arcllm.module.redaction;

import java.util.ArrayList;
import java.util.List;

import io.arcllm.PiiDetector;
import io.arcllm.module.redaction.RedactionSettings.Expression;
import io.arcllm.module.redaction.RedactionSettings.Kind;

/**
 * Makes the engine from the settings.
 */
final class Redactors {

	private Redactors() {
	}

	/**
	 * @param own detectors of the application
	 * @throws IllegalArgumentException naming the pattern that is wrong
	 */
	static Redactor of(RedactionSettings settings, List<PiiDetector> own) {
		List<Detector> detectors = new ArrayList<>();
		settings.detectors().stream().distinct().forEach((kind) -> detectors.add(detector(kind)));
		settings.patterns().forEach((pattern) -> detectors.add(pattern(pattern)));
		own.forEach((one) -> detectors.add(new BeanDetector(one)));
		return new Redactor(detectors, settings.stopWords());
	}

	private static CharacterDetector detector(Kind kind) {
		return switch (kind) {
			case EMAIL -> new EmailDetector();
			case PHONE -> new PhoneDetector();
			case SSN -> new SsnDetector();
			case CREDIT_CARD -> new CreditCardDetector();
			case IBAN -> new IbanDetector();
			case IP -> new IpDetector();
			case SECRET -> new SecretDetector();
		};
	}

	private static Detector pattern(Expression expression) {
		try {
			return new PatternDetector(expression);
		}
		catch (NoClassDefFoundError ex) {
			throw new IllegalArgumentException("the pattern '" + expression.name()
					+ "' needs the dependency com.google.re2j:re2j, which is not on the class path", ex);
		}
		catch (RuntimeException ex) {
			throw new IllegalArgumentException("the regex of the pattern '" + expression.name() + "' is wrong: "
					+ ex.getMessage() + " (RE2's syntax has no look-around and no back references)", ex);
		}
	}

}
