package io.arcllm.provider;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is known without being parsed is what the parser would have said.
 */
class RepeatedFrameTests {

	private static final String BEFORE = "{\"id\":1,\"content\":\"";

	private static final String AFTER = "\",\"usage\":null}";

	private final RepeatedFrame repeated = new RepeatedFrame();

	@Test
	void knowsNothingBeforeTheFirstExample() {
		assertThat(this.repeated.words(frame(BEFORE + "a" + AFTER))).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " wave", "words of another length", "größer", "日本語", "😀" })
	void readsTheWordsOfARepeatedFrame(String words) {
		learn("example");
		assertThat(this.repeated.words(frame(BEFORE + words + AFTER))).isEqualTo(words);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\\n", "a\\\"b", "a\",\"finish_reason\":\"stop", "a\nb", "a\u0000b", "\uFFFD" })
	void leavesToTheParserWhatDoesNotStandForItself(String words) {
		learn("example");
		assertThat(this.repeated.words(frame(BEFORE + words + AFTER))).isNull();
	}

	@Test
	void leavesToTheParserWhatIsNoUtf8() {
		learn("example");
		byte[] bytes = (BEFORE + "a?b" + AFTER).getBytes(StandardCharsets.ISO_8859_1);
		bytes[BEFORE.length() + 1] = (byte) 0xe9;
		assertThat(this.repeated.words(new Frame(null, bytes, 0, bytes.length))).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"id\":2,\"content\":\"a\",\"usage\":null}", "{\"id\":1,\"content\":\"a\",\"usage\":0}",
			"{\"id\":1,\"content\":\"a\",\"usage\":null} ", "{\"id\":1,\"content\":\",\"usage\":null}", "" })
	void leavesToTheParserWhatIsAnotherFrame(String text) {
		learn("example");
		assertThat(this.repeated.words(frame(text))).isNull();
	}

	@Test
	void learnsNothingFromWordsThatAreEscaped() {
		learn("a\\n");
		assertThat(this.repeated.words(frame(BEFORE + "b" + AFTER))).isNull();
	}

	@Test
	void theLatestExampleCounts() {
		learn("example");
		Frame other = frame("{\"id\":2,\"content\":\"b\"}");
		this.repeated.learn(other, other.offset() + BEFORE.length());
		assertThat(this.repeated.words(frame(BEFORE + "a" + AFTER))).isNull();
		assertThat(this.repeated.words(frame("{\"id\":2,\"content\":\"c\"}"))).isEqualTo("c");
	}

	@Test
	void givesUpOnVendorsThatVaryEveryFrame() {
		for (int i = 0; i < 4; i++) {
			assertThat(this.repeated.wantsExample()).isTrue();
			learn("example");
		}
		assertThat(this.repeated.wantsExample()).isFalse();
	}

	private void learn(String words) {
		Frame frame = frame(BEFORE + words + AFTER);
		this.repeated.learn(frame, frame.offset() + BEFORE.length());
	}

	/** Somewhere inside more bytes, as in a stream. */
	private static Frame frame(String text) {
		byte[] bytes = ("data: " + text + "\n\ndata").getBytes(StandardCharsets.UTF_8);
		return new Frame(null, bytes, 6, bytes.length - 12);
	}

}
