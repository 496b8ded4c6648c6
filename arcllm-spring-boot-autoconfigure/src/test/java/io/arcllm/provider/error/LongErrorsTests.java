package io.arcllm.provider.error;

import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * No words of a vendor keep the reader busy: each of these would take minutes where an
 * expression goes back over what it has read.
 */
@Timeout(value = 15, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LongErrorsTests {

	private static final int LONG = 4096;

	private static final int VERY_LONG = 20_000;

	@ParameterizedTest
	@MethodSource("words")
	void wordsAreReadSoon(String words) {
		for (int length : new int[] { LONG, VERY_LONG }) {
			int[] statuses = (length == LONG) ? new int[] { 200, 400, 429 } : new int[] { 400 };
			String text = words.repeat(length / words.length() + 1).substring(0, length);
			String json = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
			for (String body : new String[] { text,
					"{\"error\":{\"message\":\"" + json + "\",\"code\":\"" + json + "\"}}", "{\"error\":\"" + json,
					"data: " + text }) {
				for (int status : statuses) {
					assertThat(RecordedErrors.read(status, new HttpHeaders(), body).getMessage()).hasSizeLessThan(500);
				}
			}
		}
	}

	/** As much as is read of an error at all. */
	@ParameterizedTest
	@MethodSource("words")
	void longestErrorIsReadSoon(String words) {
		String text = words.repeat((1 << 20) / words.length());
		String json = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
		for (String body : new String[] { text, "{\"error\":{\"message\":\"" + json + "\",\"code\":\"x\"}}" }) {
			assertThat(RecordedErrors.read(400, new HttpHeaders(), body).getMessage()).hasSizeLessThan(501);
		}
	}

	@Test
	void treeHasALimitOfTokens() {
		String body = "{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"No money\"},\"rest\":["
				+ "[],".repeat(1_000_000) + "1]}";
		ErrorBody error = ErrorBody.parse(body);
		assertThat(error.message()).isEqualTo("No money");
		assertThat(error.root().path("rest").size()).isLessThan(100_000);
	}

	static Stream<String> words() {
		return Stream.of("a", "A1", "1", "'", "'a'b", "\"", "`", " ", "\n", "eyJaaaaa.", "eyJ", "sk-", "sk-a", "key=",
				"key key ", "api key ", "token: token ", "bearer ", "basic ", "<title", "<title>", "<", "{", "{\"", "[",
				"data: {", "data: {\"\n", "error: {\n", "try again in ", "try again in 1h", "wait 1m ", "1h1m1s",
				"retry retry ", "token count ", "model: x ", "model: a not ", "request too large for ",
				"too large for tokens ", "the model the model ", "invalid a b ", "unsupported parameter ",
				"parameter: 'a' ", "extra inputs ", "does not support ", "must be verified ",
				"exceeds the model's maximum ", "maximum context ", "tokens + ", "a.b.c.", "com.a#", ":http", "\\u2028",
				"x-y_z/", "eyJabcde.-_", "a1b2-", "*", "…");
	}

}
