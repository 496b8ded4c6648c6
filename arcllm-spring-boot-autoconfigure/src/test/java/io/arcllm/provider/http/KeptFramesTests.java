package io.arcllm.provider.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.arcllm.RawBody;
import io.arcllm.provider.Frame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever frames have in common, they come back as they were.
 */
class KeptFramesTests {

	private final KeptFrames frames = new KeptFrames();

	private final StringBuilder lines = new StringBuilder();

	@ParameterizedTest
	@ValueSource(strings = { "", "|", "a", "a|a|a", "aaa|aa|aaaa|a", "aba|ababa|aba",
			"{\"a\":1}|{\"a\":2}|{\"a\":22}|{}", "x|xyz|z", "|a||b|", "é|è" })
	void framesComeBack(String frames) {
		for (String frame : frames.split("\\|", -1)) {
			add(frame);
		}
		assertKept();
	}

	@Test
	void framesOfAllLengthsComeBack() {
		Random random = new Random(7);
		List<RawBody> bodies = new ArrayList<>();
		List<String> texts = new ArrayList<>();
		String words = "";
		for (int i = 0; i < 2_000; i++) {
			words = switch (random.nextInt(5)) {
				case 0 -> words.substring(random.nextInt(words.length() + 1));
				case 1 -> words.substring(0, random.nextInt(words.length() + 1));
				case 2 -> "ab".repeat(random.nextInt(300)) + words;
				case 3 -> words + "ba".repeat(random.nextInt(300));
				default -> "a".repeat(random.nextInt(200));
			};
			words = (words.length() > 40_000) ? "" : words;
			add(words);
			if (i % 100 == 0) {
				bodies.add(this.frames.toBody());
				texts.add(this.lines.toString());
			}
		}
		assertKept();
		assertThat(bodies).extracting(RawBody::text).isEqualTo(texts);
	}

	private void add(String text) {
		byte[] bytes = ("..." + text + "...").getBytes(StandardCharsets.UTF_8);
		this.frames.add(new Frame(null, bytes, 3, bytes.length - 6));
		this.lines.append(text).append('\n');
	}

	private void assertKept() {
		assertThat(this.frames.toBody()).isEqualTo(new RawBody(this.lines.toString().getBytes(StandardCharsets.UTF_8)));
	}

}
