package io.arcllm.module.redaction;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Finds international bank account numbers: of the length of their country (SWIFT's
 * registry), whose check digits are right, bare or in groups of four.
 */
final class IbanDetector extends CharacterDetector {

	private static final Map<String, Integer> LENGTHS = lengths(
			"AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22"
					+ "CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23"
					+ "IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24"
					+ "PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30");

	private static final int GROUP = 4;

	IbanDetector() {
		super("iban");
	}

	private static Map<String, Integer> lengths(String table) {
		Map<String, Integer> lengths = new HashMap<>();
		for (int i = 0; i < table.length(); i += GROUP) {
			lengths.put(table.substring(i, i + 2), Integer.valueOf(table.substring(i + 2, i + GROUP)));
		}
		return Map.copyOf(lengths);
	}

	@Override
	boolean mayBegin(int before, char c) {
		return Scan.isAsciiLetter(c) && !Scan.isWord(before);
	}

	@Override
	int match(Scan scan, int start) {
		if (!Scan.isAsciiLetter(scan.at(start + 1)) || !Scan.isDigit(scan.at(start + 2))
				|| !Scan.isDigit(scan.at(start + 3))) {
			return 0;
		}
		Integer length = LENGTHS.get(upperCase(scan.text.substring(start, start + 2)));
		if (length == null) {
			return 0;
		}
		int separator = scan.at(start + GROUP);
		boolean grouped = Scan.isSpace(separator) || separator == '-';
		int remainder = 0;
		int index = start;
		StringBuilder number = new StringBuilder(length);
		while (number.length() < length) {
			if (grouped && !number.isEmpty() && number.length() % GROUP == 0 && scan.at(index++) != separator) {
				return 0;
			}
			int c = scan.at(index++);
			if (!Scan.isAlphanumeric(c)) {
				return 0;
			}
			number.append((char) c);
		}
		if (Scan.isWord(scan.at(index))) {
			return 0;
		}
		for (int i = 0; i < length; i++) {
			int value = Character.digit(number.charAt((i + GROUP) % length), Character.MAX_RADIX);
			remainder = (remainder * ((value > 9) ? 100 : 10) + value) % 97;
		}
		return (remainder == 1) ? index : 0;
	}

	private static String upperCase(String country) {
		return country.toUpperCase(Locale.ROOT);
	}

}
