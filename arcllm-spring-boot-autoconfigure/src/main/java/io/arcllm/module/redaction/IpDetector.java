package io.arcllm.module.redaction;

import java.util.Set;

/**
 * Finds addresses of IPv4 and IPv6. Versions, times, hardware addresses and names in
 * programming languages with colons do not count.
 */
final class IpDetector extends CharacterDetector {

	/** Before numbers with dots that are no address. */
	private static final Set<String> VERSION = Set.of("version", "versions", "ver", "v", "release", "build", "rev",
			"revision", "firmware", "section", "chapter");

	private static final int LONGEST_WORD = 10;

	private static final int GROUPS = 8;

	IpDetector() {
		super("ip");
	}

	@Override
	boolean mayBegin(int before, char c) {
		return (Scan.isHex(c) || c == ':') && !Scan.isWord(before) && before != '.' && before != ':';
	}

	@Override
	int match(Scan scan, int start) {
		int end = Scan.isDigit(scan.at(start)) ? four(scan, start) : 0;
		if (end > 0) {
			return (isEnd(scan, end) && !isVersion(scan, start)) ? end : 0;
		}
		return six(scan, start);
	}

	/** Where four numbers with dots end, or 0. */
	private static int four(Scan scan, int start) {
		int index = start;
		for (int part = 0; part < 4; part++) {
			if (part > 0 && scan.at(index++) != '.') {
				return 0;
			}
			int from = index;
			int value = 0;
			while (index - from <= 3 && Scan.isDigit(scan.at(index))) {
				value = value * 10 + scan.at(index++) - '0';
			}
			boolean zeros = index - from > 1 && scan.text.charAt(from) == '0';
			if (index == from || value > 255 || zeros) {
				return 0;
			}
		}
		return index;
	}

	private static boolean isEnd(Scan scan, int end) {
		int next = scan.at(end);
		if (next == '.') {
			return !Scan.isDigit(scan.at(end + 1));
		}
		return !Scan.isWord(next) && !(next == '-' && Scan.isLetter(scan.at(end + 1)));
	}

	private static boolean isVersion(Scan scan, int start) {
		if (scan.before(start) == '-' && Scan.isLetter(scan.before(start - 1))) {
			return true;
		}
		int end = start;
		while (start - end < 3 && end > 0 && " :=\u00A0".indexOf(scan.before(end)) >= 0) {
			end--;
		}
		int word = end;
		while (end - word <= LONGEST_WORD && Scan.isLetter(scan.before(word))) {
			word--;
		}
		return VERSION.contains(Redactor.lowerCase(scan.text.substring(word, end)));
	}

	/**
	 * Eight groups, or fewer with a double colon; an abbreviated address must begin like
	 * one that is in use, with a group of three or four characters and a digit.
	 */
	private static int six(Scan scan, int start) {
		int index = start;
		int groups = 0;
		int widest = 0;
		boolean compressed = false;
		boolean digit = false;
		if (scan.at(start) == ':') {
			return mapped(scan, start);
		}
		int first = 0;
		while (groups < GROUPS) {
			int from = index;
			while (index - from <= 4 && Scan.isHex(scan.at(index))) {
				digit |= Scan.isDigit(scan.at(index++));
			}
			int width = index - from;
			if (width > 4 || (width == 0 && !compressed)) {
				return 0;
			}
			if (width == 0) {
				break;
			}
			groups++;
			first = (groups == 1) ? width : first;
			widest = Math.max(widest, width);
			if (scan.at(index) != ':' || groups == GROUPS) {
				break;
			}
			boolean two = scan.at(index + 1) == ':';
			if (two && compressed) {
				return 0;
			}
			if (!two && !Scan.isHex(scan.at(index + 1))) {
				break;
			}
			compressed |= two;
			index += two ? 2 : 1;
		}
		boolean right = compressed ? groups < GROUPS && first >= 3 && digit : groups == GROUPS && widest >= 3;
		int next = scan.at(index);
		return (right && !Scan.isWord(next) && (next != ':' || !Scan.isHex(scan.at(index + 1)))) ? index : 0;
	}

	/** The loopback address; {@code a[::1]} is an index of a list. */
	private static int loopback(Scan scan, int start) {
		boolean slice = scan.before(start) == '[' && start > 1
				&& (Scan.isWord(scan.before(start - 1)) || scan.before(start - 1) == ']');
		int next = scan.at(start + 3);
		return (slice || Scan.isWord(next) || next == ':' || (next == '.' && Scan.isWord(scan.at(start + 4)))) ? 0
				: start + 3;
	}

	/** An IPv4 address in the form of IPv6, or the loopback address. */
	private static int mapped(Scan scan, int start) {
		if (scan.at(start + 1) == ':' && scan.at(start + 2) == '1') {
			return loopback(scan, start);
		}
		String prefix = "::ffff:";
		for (int i = 0; i < prefix.length(); i++) {
			int c = scan.at(start + i);
			if (c == Scan.NONE || Character.toLowerCase((char) c) != prefix.charAt(i)) {
				return 0;
			}
		}
		int end = four(scan, start + prefix.length());
		return (end > 0 && isEnd(scan, end)) ? end : 0;
	}

}
