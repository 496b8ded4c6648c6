package io.arcllm.sample.gateway;

/**
 * Counts the base64 in a request, which may be longer than text.
 */
final class Base64Runs {

	private static final byte[] MARK = { ';', 'b', 'a', 's', 'e', '6', '4', ',' };

	private Base64Runs() {
	}

	/** How many bytes stand in data URLs; each byte is looked at once or twice. */
	static long length(byte[] body) {
		long length = 0;
		for (int i = 0; i + MARK.length <= body.length; i++) {
			if (isMark(body, i)) {
				int end = end(body, i + MARK.length);
				length += end - i;
				i = end - 1;
			}
		}
		return length;
	}

	private static boolean isMark(byte[] body, int at) {
		for (int i = 0; i < MARK.length; i++) {
			if (body[at + i] != MARK[i]) {
				return false;
			}
		}
		return true;
	}

	private static int end(byte[] body, int from) {
		int end = from;
		while (end < body.length && isBase64(body[end])) {
			end++;
		}
		return end;
	}

	private static boolean isBase64(byte value) {
		return (value >= 'A' && value <= 'Z') || (value >= 'a' && value <= 'z') || (value >= '0' && value <= '9')
				|| value == '+' || value == '/' || value == '=' || value == '\\';
	}

}
