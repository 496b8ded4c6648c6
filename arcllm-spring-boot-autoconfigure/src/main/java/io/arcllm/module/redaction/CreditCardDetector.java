package io.arcllm.module.redaction;

/**
 * Finds numbers of payment cards: of a length and range that a network gives out, whose
 * check digit is right (ISO/IEC 7812), bare or in the groups in which they are printed.
 */
final class CreditCardDetector extends CharacterDetector {

	private static final int SHORTEST = 13;

	private static final int LONGEST = 19;

	private static final int GROUP = 4;

	CreditCardDetector() {
		super("credit-card");
	}

	@Override
	boolean mayBegin(int before, char c) {
		return c >= '2' && c <= '6' && !Scan.isWord(before);
	}

	@Override
	int match(Scan scan, int start) {
		boolean part = (scan.before(start) == '-' || scan.before(start) == '.') && Scan.isWord(scan.before(start - 1));
		if (part) {
			return 0;
		}
		StringBuilder digits = new StringBuilder(LONGEST);
		int index = group(scan, start, digits);
		if (digits.length() != GROUP) {
			return isEnd(scan, index, Scan.NONE) && isCard(digits) ? index : 0;
		}
		int separator = scan.at(index);
		if (separator != '-' && !Scan.isSpace(separator)) {
			return 0;
		}
		int end = 0;
		while (scan.at(index) == separator && digits.length() < LONGEST) {
			int before = digits.length();
			int next = group(scan, index + 1, digits);
			int added = digits.length() - before;
			if (added == 0 || digits.length() > LONGEST) {
				break;
			}
			index = next;
			if (isPrinted(before, added) && isEnd(scan, index, separator) && isCard(digits)) {
				end = index;
			}
			if (added != GROUP && !(before == GROUP && added == 6)) {
				break;
			}
		}
		return end;
	}

	/** As on cards: 4-4-4-4, 4-4-4-4-3 (and 2 or 1), 4-6-5 and 4-6-4. */
	private static boolean isPrinted(int before, int added) {
		return switch (before) {
			case 12 -> added == GROUP;
			case 16 -> added < GROUP;
			case 10 -> added == 5 || added == GROUP;
			default -> false;
		};
	}

	private static int group(Scan scan, int from, StringBuilder digits) {
		int index = from;
		while (digits.length() <= LONGEST && Scan.isDigit(scan.at(index))) {
			digits.append((char) scan.at(index++));
		}
		return index;
	}

	private static boolean isEnd(Scan scan, int index, int separator) {
		int next = scan.at(index);
		return !Scan.isWord(next) && !(next == '-' && separator != ' ' && Scan.isDigit(scan.at(index + 1)))
				&& !(next == '.' && Scan.isDigit(scan.at(index + 1)));
	}

	private static boolean isCard(CharSequence digits) {
		int length = digits.length();
		if (length < SHORTEST || length > LONGEST || !isGiven(digits, length)) {
			return false;
		}
		int sum = 0;
		for (int i = 0; i < length; i++) {
			int digit = digits.charAt(length - 1 - i) - '0';
			int doubled = (i % 2 == 0) ? digit : digit * 2;
			sum += (doubled > 9) ? doubled - 9 : doubled;
		}
		return sum % 10 == 0;
	}

	private static boolean isGiven(CharSequence digits, int length) {
		int four = Integer.parseInt(digits, 0, GROUP, 10);
		int two = four / 100;
		int three = four / 10;
		if (two / 10 == 4) {
			return length == 13 || length == 16 || length == 19;
		}
		if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) {
			return length == 16;
		}
		if (two == 34 || two == 37) {
			return length == 15;
		}
		if ((three >= 300 && three <= 305) || two == 36 || two == 38 || two == 39) {
			return length == 14 || length == 16;
		}
		boolean long16 = four == 6011 || (three >= 644 && three <= 649) || two == 65 || two == 62 || two == 35;
		boolean maestro = two == 50 || (two >= 56 && two <= 58) || two == 63 || two == 67;
		return (long16 || maestro) && length >= 16;
	}

}
