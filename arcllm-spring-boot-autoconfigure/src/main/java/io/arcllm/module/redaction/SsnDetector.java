package io.arcllm.module.redaction;

/**
 * Finds social security numbers of the United States: 3-2-4 digits with hyphens or
 * spaces, in the ranges that are given out (SSA, "randomization", 2011: no area 000, 666
 * or 900 and above, no group 00, no serial 0000).
 */
final class SsnDetector extends CharacterDetector {

	SsnDetector() {
		super("ssn");
	}

	@Override
	boolean mayBegin(int before, char c) {
		return Scan.isDigit(c) && !Scan.isWord(before);
	}

	@Override
	int match(Scan scan, int start) {
		boolean part = (scan.before(start) == '-' || scan.before(start) == '.') && Scan.isWord(scan.before(start - 1));
		int area = PhoneDetector.digits(scan, start, 3);
		if (part || area == 0) {
			return 0;
		}
		int separator = scan.at(area);
		if (separator != '-' && separator != ' ') {
			return 0;
		}
		int group = PhoneDetector.digits(scan, area + 1, 2);
		if (group == 0 || scan.at(group) != separator) {
			return 0;
		}
		int end = PhoneDetector.digits(scan, group + 1, 4);
		if (end == 0 || Scan.isWord(scan.at(end)) || (scan.at(end) == '-' && Scan.isDigit(scan.at(end + 1)))) {
			return 0;
		}
		return isGiven(scan.text.substring(start, end)) ? end : 0;
	}

	private static boolean isGiven(String number) {
		int area = Integer.parseInt(number.substring(0, 3));
		return area != 0 && area != 666 && area < 900 && !number.startsWith("00", 4) && !number.endsWith("0000");
	}

}
