package io.arcllm.module.redaction;

import java.util.List;
import java.util.stream.Stream;

/**
 * Finds keys, tokens and passwords: by the prefixes of vendors, by the words before them,
 * and by their form.
 */
final class SecretDetector extends CharacterDetector {

	private static final int LONGEST_TOKEN = 4096;

	private static final int LONGEST_VALUE = 1024;

	private static final int LONGEST_RUN = 256;

	private static final int SHORTEST_RUN = 32;

	private static final int COMMIT = 40;

	private static final int SHORTEST_KEY = 8;

	private static final int SHORTEST_VALUE = 4;

	/** The longest name of a query's parameter. */
	private static final int LONGEST_NAME = 32;

	private static final int SHORTEST_JWT = 8;

	/** Prefixes that a separator follows. */
	private static final String[][] PREFIXES = byLetter("sk", "pk", "rk", "gsk", "xai", "r8", "pplx", "tgp", "csk",
			"nvapi", "ghp", "gho", "ghs", "ghu", "ghr", "github_pat", "glpat", "bedrock-api-key", "xoxb", "xoxp",
			"xoxa", "xoxr", "xoxs", "xapp", "whsec", "GOCSPX", "dop_v1", "shpat", "lsv2", "sq0csp");

	/** Prefixes that are words, too: what follows must be long. */
	private static final String[][] WORDS = byLetter("key", "hf", "fw", "npm");

	private static final int LONG = 16;

	/** Prefixes that the key follows at once. */
	private static final String[][] JOINED = byLetter("AIza", "AKIA", "ASIA", "ABSK", "ya29.", "SG.", "hvs.", "xoxe.");

	/** Words before a colon or an equals sign that announce a secret. */
	private static final String[][] LABELS = byLetter("api key", "access token", "token", "secret", "password",
			"credential", "key");

	/** Words before hexadecimal digits that are no key. */
	private static final List<String> HASHES = List.of("sha1", "sha2", "sha3", "sha5", "sha-", "md5", "hash", "digest",
			"checksum", "fingerprint", "etag", "commit", "trace", "uuid", "guid");

	private static final List<String> MORE = List.of(" provided", " supplied", " is");

	private static final String[][] SCHEMES = byLetter("bearer ", "basic ");

	SecretDetector() {
		super("secret");
	}

	/** By their first letter, because most words of a text begin with none of them. */
	private static String[][] byLetter(String... texts) {
		String[][] byLetter = new String['z' + 1][0];
		for (char c = 0; c < byLetter.length; c++) {
			char first = c;
			byLetter[c] = Stream.of(texts).filter((text) -> text.charAt(0) == first).toArray(String[]::new);
		}
		return byLetter;
	}

	private static String[] beginning(String[][] byLetter, int c) {
		return (c <= 'z') ? byLetter[c] : byLetter[0];
	}

	@Override
	boolean mayBegin(int before, char c) {
		return Scan.isAlphanumeric(c) && !Scan.isDigit(before) && !Scan.isLetter(before);
	}

	@Override
	int match(Scan scan, int start) {
		int end = (scan.before(start) == '_') ? 0 : byLook(scan, start);
		return (end > 0) ? end : labelled(scan, start);
	}

	private static int byLook(Scan scan, int start) {
		char c = scan.text.charAt(start);
		for (String prefix : beginning(PREFIXES, c)) {
			int end = prefixed(scan, start, prefix, SHORTEST_KEY);
			if (end > 0) {
				return end;
			}
		}
		for (String prefix : beginning(WORDS, c)) {
			int end = prefixed(scan, start, prefix, LONG);
			if (end > 0) {
				return end;
			}
		}
		for (String prefix : beginning(JOINED, c)) {
			if (is(scan, start, prefix)) {
				int end = key(scan, start + prefix.length(), SHORTEST_KEY);
				if (end > 0) {
					return end;
				}
			}
		}
		int end = webToken(scan, start);
		return (end > 0) ? end : run(scan, start);
	}

	private static int prefixed(Scan scan, int start, String prefix, int shortest) {
		if (!is(scan, start, prefix)) {
			return 0;
		}
		int separator = scan.at(start + prefix.length());
		return (separator == '-' || separator == '_') ? key(scan, start + prefix.length() + 1, shortest) : 0;
	}

	/** Where a key with at least one digit ends, or 0. */
	private static int key(Scan scan, int from, int shortest) {
		int index = from;
		boolean digit = false;
		int c = scan.at(index);
		while (Scan.isAlphanumeric(c) || c == '.' || c == '_' || c == '*' || c == '-') {
			digit |= Scan.isDigit(c) || c == '*';
			index++;
			if (index - from > LONGEST_VALUE) {
				return 0;
			}
			c = scan.at(index);
		}
		while (index > from && (scan.before(index) == '.' || scan.before(index) == '-')) {
			index--;
		}
		return (digit && index - from >= shortest) ? index : 0;
	}

	/** JSON in Base64, which is how web tokens begin. */
	private static int webToken(Scan scan, int start) {
		if (!is(scan, start, "eyJ")) {
			return 0;
		}
		int index = start;
		int c = scan.at(index);
		while (Scan.isAlphanumeric(c) || c == '_' || c == '-' || c == '.') {
			index++;
			if (index - start > LONGEST_TOKEN) {
				return 0;
			}
			c = scan.at(index);
		}
		while (scan.before(index) == '.' || scan.before(index) == '-') {
			index--;
		}
		return (index - start >= SHORTEST_JWT) ? index : 0;
	}

	/**
	 * A long run of letters and digits that is no word; a commit hash of 40 characters
	 * does not count.
	 */
	private static int run(Scan scan, int start) {
		int index = start;
		boolean digit = false;
		boolean letter = false;
		boolean hex = true;
		while (Scan.isAlphanumeric(scan.at(index))) {
			int c = scan.at(index++);
			digit |= Scan.isDigit(c);
			letter |= !Scan.isDigit(c);
			hex &= Scan.isDigit(c) || (c >= 'a' && c <= 'f');
			if (index - start > LONGEST_RUN) {
				return 0;
			}
		}
		int length = index - start;
		boolean key = digit && letter && length >= SHORTEST_RUN && !(hex && (length == COMMIT || isHash(scan, start)));
		return (key && scan.at(index) != '_') ? index : 0;
	}

	/** Whether the words before it mean a checksum or the id of a trace. */
	private static boolean isHash(Scan scan, int start) {
		String before = Redactor.lowerCase(scan.text.substring(Math.max(0, start - Redactor.CONTEXT), start));
		return HASHES.stream().anyMatch(before::contains) || before.endsWith("00-");
	}

	private static int labelled(Scan scan, int start) {
		char c = Character.toLowerCase(scan.text.charAt(start));
		for (String scheme : beginning(SCHEMES, c)) {
			if (isIgnoringCase(scan, start, scheme)) {
				return credentials(scan, start + scheme.length());
			}
		}
		for (String label : beginning(LABELS, c)) {
			if (isIgnoringCase(scan, start, label)) {
				boolean vague = label.equals("key") || label.equals("token");
				int end = value(scan, start + label.length(), vague ? SHORTEST_KEY : SHORTEST_VALUE, vague);
				if (end > 0) {
					return end;
				}
			}
		}
		return 0;
	}

	/**
	 * The credentials after the scheme of an Authorization header; a word of a sentence
	 * does not count.
	 */
	private static int credentials(Scan scan, int from) {
		int index = from;
		boolean telling = false;
		int c = scan.at(index);
		while (Scan.isAlphanumeric(c) || (c != Scan.NONE && "._~+/=*-".indexOf(c) >= 0)) {
			telling |= Scan.isDigit(c) || c == '=' || c == '*' || (c >= 'A' && c <= 'Z' && index > from);
			index++;
			if (index - from > LONGEST_TOKEN) {
				return 0;
			}
			c = scan.at(index);
		}
		scan.start = from;
		while (index > from && scan.before(index) == '.') {
			index--;
		}
		return (telling && index - from >= SHORTEST_KEY) ? index : 0;
	}

	private static int value(Scan scan, int afterLabel, int shortest, boolean withDigit) {
		int index = afterLabel + (isLetter(scan.at(afterLabel), 's') ? 1 : 0);
		for (String more : MORE) {
			if (isIgnoringCase(scan, index, more)) {
				index += more.length();
				break;
			}
		}
		index = skip(scan, skip(scan, skip(scan, index, " \t"), "\"'`"), " \t");
		if (scan.at(index) != ':' && scan.at(index) != '=') {
			return 0;
		}
		int from = skip(scan, skip(scan, index + 1, " \t"), "\"'`");
		return (scan.at(from) == '[') ? 0 : secretValue(scan, from, shortest, withDigit);
	}

	private static int secretValue(Scan scan, int from, int shortest, boolean withDigit) {
		int index = from;
		boolean telling = false;
		boolean letter = false;
		int c = scan.at(index);
		while (c > ' ' && c != 0xA0 && "\"'`,;)<>{}".indexOf(c) < 0 && !(c == '&' && isParameter(scan, index + 1))) {
			telling |= Scan.isDigit(c) || (!withDigit && (c == '*' || c == '_' || c == '-'));
			letter |= Scan.isAsciiLetter(c);
			index++;
			if (index - from > LONGEST_VALUE) {
				return 0;
			}
			c = scan.at(index);
		}
		scan.start = from;
		while (index > from && scan.before(index) == '.') {
			index--;
		}
		return (telling && letter && index - from >= shortest) ? index : 0;
	}

	/** Whether the name of the next parameter of a query stands there. */
	private static boolean isParameter(Scan scan, int from) {
		int index = from;
		int c = scan.at(index);
		while (index - from < LONGEST_NAME && (Scan.isAsciiLetter(c) || c == '_' || c == '-')) {
			c = scan.at(++index);
		}
		return index > from && c == '=';
	}

	/** After one of these characters, if it is there. */
	private static int skip(Scan scan, int index, String one) {
		int c = scan.at(index);
		return (c != Scan.NONE && one.indexOf(c) >= 0) ? index + 1 : index;
	}

	private static boolean is(Scan scan, int start, String text) {
		for (int i = 0; i < text.length(); i++) {
			if (scan.at(start + i) != text.charAt(i)) {
				return false;
			}
		}
		return true;
	}

	/** A space stands for a space, a hyphen, an underscore or nothing between words. */
	private static boolean isIgnoringCase(Scan scan, int start, String text) {
		int index = start;
		for (int i = 0; i < text.length(); i++) {
			char wanted = text.charAt(i);
			int c = scan.at(index);
			boolean inside = wanted == ' ' && i > 0 && i < text.length() - 1;
			if (inside && isLetter(c, text.charAt(i + 1))) {
				continue;
			}
			if (!isLetter(c, wanted) && !(inside && (c == '-' || c == '_'))) {
				return false;
			}
			index++;
		}
		return true;
	}

	private static boolean isLetter(int c, char wanted) {
		return c != Scan.NONE && Character.toLowerCase((char) c) == wanted;
	}

}
