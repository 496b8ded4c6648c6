package io.arcllm.module.redaction;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds phone numbers: a plus, a country code and the number; or 3-3-4 digits with
 * separators between them. Digits without separators do not count.
 */
final class PhoneDetector extends CharacterDetector {

	private static final int FEWEST = 8;

	private static final int MOST = 15;

	/** Country codes, and the most digits with the code; ITU-T E.164 allows 15. */
	private static final Map<Integer, Integer> LONGEST = Stream
		.of("1:11,7:11,20:12,27:11,30:12,31:11,32:11,33:11,34:11,36:11,39:13,40:11,41:11,43:13,44:12,45:10,46:12,47:10",
				"48:11,49:13,51:11,52:12,54:13,55:13,56:11,57:12,60:12,61:11,62:14,63:12,64:12,65:10,66:11,81:12,82:12",
				"84:12,86:13,90:12,91:12,92:12,234:13,254:12,351:12,352:12,353:12,354:10,358:13,370:11,371:11,372:11",
				"380:12,385:12,386:11,420:12,421:12,852:11,886:12,966:12,971:12,972:12")
		.flatMap((line) -> Stream.of(line.split(",")))
		.map((pair) -> pair.split(":"))
		.collect(Collectors.toUnmodifiableMap((pair) -> Integer.valueOf(pair[0]), (pair) -> Integer.valueOf(pair[1])));

	private static final Set<String> SEPARATORS = Set.of(" ", ".", "-", "/", "(", ")", " (", ") ", ")-", ").", "-(",
			" / ", " - ", ") /");

	private static final int LONGEST_SEPARATOR = 3;

	/** The largest number of digits before an area code in brackets. */
	private static final int LATEST_BRACKET = 4;

	PhoneDetector() {
		super("phone");
	}

	@Override
	boolean mayBegin(int before, char c) {
		return (c == '+' || c == '(' || Scan.isDigit(c)) && !Scan.isWord(before) && before != '+';
	}

	@Override
	int match(Scan scan, int start) {
		return (scan.at(start) == '+') ? international(scan, start) : american(scan, start);
	}

	private static int international(Scan scan, int start) {
		int index = start + 1;
		if (!Scan.isDigit(scan.at(index)) || scan.at(index) == '0') {
			return 0;
		}
		int digits = 0;
		int code = 0;
		int most = MOST;
		int end = 0;
		while (true) {
			while (Scan.isDigit(scan.at(index))) {
				digits++;
				code = (digits <= 3) ? code * 10 + scan.at(index) - '0' : code;
				most = (digits <= 3) ? LONGEST.getOrDefault(code, most) : most;
				index++;
				if (digits > most) {
					return (end > 0 && digits - (index - end) >= FEWEST) ? end : 0;
				}
			}
			end = index;
			int next = (digits == most) ? 0 : afterSeparator(scan, index, digits);
			if (next == 0) {
				break;
			}
			if (scan.text.startsWith("(0)", next - 1)) {
				digits--;
			}
			index = next;
		}
		int first = scan.at(start + 1);
		boolean right = (first == '1' || first == '7') ? digits == most : digits >= FEWEST;
		return (right && !Scan.isLetter(scan.at(end))) ? end : 0;
	}

	/** Where the next digit is after one separator, or 0. */
	private static int afterSeparator(Scan scan, int from, int digits) {
		int index = from;
		StringBuilder separator = new StringBuilder(LONGEST_SEPARATOR);
		while (!Scan.isDigit(scan.at(index))) {
			int c = scan.at(index);
			if (c == Scan.NONE || separator.length() == LONGEST_SEPARATOR || (c == '(' && digits > LATEST_BRACKET)) {
				return 0;
			}
			separator.append(Scan.isSpace(c) ? ' ' : (char) c);
			index++;
		}
		return SEPARATORS.contains(separator.toString()) ? index : 0;
	}

	private static int american(Scan scan, int start) {
		if (follows(scan, start, '-') || follows(scan, start, '.')) {
			return 0;
		}
		int index = start;
		if (scan.at(index) == '1' && isSeparator(scan.at(index + 1))) {
			index += 2;
		}
		boolean bracket = scan.at(index) == '(';
		index = digits(scan, bracket ? index + 1 : index, 3);
		if (index == 0 || (bracket && scan.at(index++) != ')')) {
			return 0;
		}
		int first = scan.at(index);
		if (isSeparator(first)) {
			index++;
		}
		else if (!bracket) {
			return 0;
		}
		index = digits(scan, index, 3);
		if (index == 0 || !isSeparator(scan.at(index))) {
			return 0;
		}
		boolean spaced = !bracket && Scan.isSpace(first) && Scan.isSpace(scan.at(index));
		int end = digits(scan, index + 1, 4);
		return (end == 0 || goesOn(scan, end, spaced) || (spaced && follows(scan, start, ' '))) ? 0 : end;
	}

	/** Whether it is part of a longer number, such as an order number. */
	private static boolean follows(Scan scan, int start, char separator) {
		return scan.before(start) == separator
				&& (Scan.isDigit(scan.before(start - 1)) || (separator != ' ' && Scan.isWord(scan.before(start - 1))));
	}

	private static boolean goesOn(Scan scan, int end, boolean spaced) {
		int next = scan.at(end);
		return Scan.isWord(next)
				|| ((next == '-' || next == '.' || (spaced && next == ' ')) && Scan.isDigit(scan.at(end + 1)));
	}

	private static boolean isSeparator(int c) {
		return c == '-' || c == '.' || Scan.isSpace(c);
	}

	/** Where exactly this many digits end, or 0. */
	static int digits(Scan scan, int from, int count) {
		for (int i = 0; i < count; i++) {
			if (!Scan.isDigit(scan.at(from + i))) {
				return 0;
			}
		}
		return Scan.isDigit(scan.at(from + count)) ? 0 : from + count;
	}

}
