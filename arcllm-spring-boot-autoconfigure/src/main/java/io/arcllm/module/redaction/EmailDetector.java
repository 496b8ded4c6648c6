package io.arcllm.module.redaction;

import java.util.Locale;
import java.util.Set;

/**
 * Finds mail addresses: a name, an at sign, and a domain with at least one dot that ends
 * in letters.
 */
final class EmailDetector extends CharacterDetector {

	private static final int LONGEST = 254;

	private static final int LONGEST_LABEL = 63;

	/** Endings of file names such as {@code logo@2x.png}. */
	private static final Set<String> FILES = Set.of("png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "jsx",
			"tsx", "html", "htm", "json", "xml", "txt", "pdf", "exe", "dll", "jar", "yml", "yaml");

	EmailDetector() {
		super("email");
	}

	@Override
	boolean mayBegin(int before, char c) {
		return isNameStart(c) && !isNameStart(before);
	}

	@Override
	int match(Scan scan, int start) {
		int at = start;
		int c = scan.at(at);
		while (isName(c)) {
			at++;
			if (at - start > LONGEST) {
				return 0;
			}
			c = scan.at(at);
		}
		if (c != '@' || scan.before(at) == '.') {
			return 0;
		}
		return domain(scan, start, at + 1);
	}

	private static int domain(Scan scan, int start, int from) {
		int end = 0;
		int index = from;
		int labels = 0;
		while (index - start <= LONGEST) {
			int label = index;
			while (isDomain(scan.at(index)) && index - label <= LONGEST_LABEL) {
				index++;
			}
			if (index == label || scan.text.charAt(label) == '-' || scan.before(index) == '-') {
				break;
			}
			labels++;
			if (labels > 1 && isTopLevel(scan.text, label, index)) {
				end = index;
			}
			if (scan.at(index) != '.') {
				break;
			}
			index++;
		}
		return (end > 0 && isRepository(scan, start, from, end)) ? 0 : end;
	}

	private static boolean isTopLevel(String text, int from, int to) {
		if (to - from < 2) {
			return false;
		}
		String label = text.substring(from, to).toLowerCase(Locale.ROOT);
		return (label.startsWith("xn--") || label.chars().allMatch(Scan::isLetter)) && !FILES.contains(label);
	}

	/** As in {@code git@github.com:owner/name}. */
	private static boolean isRepository(Scan scan, int start, int at, int end) {
		return at - start == 4 && scan.text.startsWith("git", start) && scan.at(end) == ':'
				&& Scan.isWord(scan.at(end + 1));
	}

	private static boolean isNameStart(int c) {
		return Scan.isWord(c);
	}

	private static boolean isName(int c) {
		return isNameStart(c) || c == '.' || c == '-' || c == '+' || c == '%' || c == '\'' || c == '&';
	}

	private static boolean isDomain(int c) {
		return Scan.isDigit(c) || Scan.isLetter(c) || c == '-';
	}

}
