package io.arcllm.module.redaction;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * JSON is redacted in its string values only, however it is split.
 */
class JsonRedactionTests {

	private final Redactor redactor = RedactorTests.redactor(List.of(), List.of());

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
			"{\"to\":\"bob@example.com\",\"n\":4111111111111111}|{\"to\":\"[EMAIL]\",\"n\":4111111111111111}",
			"{\"bob@example.com\": [\"x\", \"a@b.org \"]}|{\"bob@example.com\": [\"x\", \"[EMAIL] \"]}",
			"{\"a\":\"bob\\u0040example.com\\n\\u00e9\\\"\"}|{\"a\":\"[EMAIL]\\n\\u00e9\\\"\"}",
			"{\"a\":{\"b\":[{\"c\":\"x\"},\"123-45-6789\"]},\"d\":\"\\/\"}|{\"a\":{\"b\":[{\"c\":\"x\"},\"[SSN]\"]},\"d\":\"\\/\"}",
			"\"bob@example.com\"|\"[EMAIL]\"", "{\"a\":\"bob@exam|{\"a\":\"bob@exam", "not json|not json" })
	void valuesAreRedactedSplitAtEveryPosition(String json, String redacted) {
		assertThat(JsonRedaction.redact(json, this.redactor, RedactorTests.plain()::replace)).isEqualTo(redacted);
		for (int i = 0; i <= json.length(); i++) {
			JsonRedaction redaction = new JsonRedaction(this.redactor, RedactorTests.plain()::replace);
			String first = redaction.add(json.substring(0, i));
			assertThat(redacted).startsWith(first);
			assertThat(first + redaction.add(json.substring(i)) + redaction.end()).as("at %s", i).isEqualTo(redacted);
		}
	}

	@Test
	void manyMatchesInOneLongValueAreTakenOutInPiecesOfAnySize() {
		String json = "{\"a\":\"" + "bob\\u0040example.com \\\"x\\\" ".repeat(500) + "\"}";
		String redacted = "{\"a\":\"" + "[EMAIL] \\\"x\\\" ".repeat(500) + "\"}";
		assertThat(JsonRedaction.redact(json, this.redactor, RedactorTests.plain()::replace)).isEqualTo(redacted);
		for (int size : new int[] { 1, 7, 100, 5000 }) {
			JsonRedaction redaction = new JsonRedaction(this.redactor, RedactorTests.plain()::replace);
			StringBuilder out = new StringBuilder();
			for (int from = 0; from < json.length(); from += size) {
				out.append(redaction.add(json.substring(from, Math.min(json.length(), from + size))));
			}
			assertThat(out.append(redaction.end())).hasToString(redacted);
		}
	}

}
