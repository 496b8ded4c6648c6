package io.arcllm.provider.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.arcllm.provider.WireFormat.Framing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class FrameReaderTests {

	private static final String EVERYTHING = "\ufeff: a comment\n\nevent: first\ndata: {\"ü\":\"日本\"}\n\n"
			+ "data:no space\nid: 7\nretry: 10\ndata:  two\ndata\ndata:\n: inside\n\n\n\n"
			+ "event: nothing\n\nevent: first\ndata: again\n\nerror: {\"bare\":1}\n\ndata: last 😀\n";

	private static final List<String> FRAMES = List.of("first|{\"ü\":\"日本\"}", "null|no space\n two\n", "first|again",
			"error|{\"bare\":1}", "null|last 😀");

	@ParameterizedTest
	@ValueSource(strings = { "\n", "\r", "\r\n" })
	void framesAreTheSameWhereverTheNetworkSplits(String lineEnd) {
		byte[] bytes = EVERYTHING.replace("\n", lineEnd).getBytes(StandardCharsets.UTF_8);
		assertThat(read(Framing.SSE, bytes)).isEqualTo(FRAMES);
		assertThat(read(Framing.SSE, bytes, everyByte(bytes.length))).isEqualTo(FRAMES);
		for (int one = 0; one <= bytes.length; one++) {
			assertThat(read(Framing.SSE, bytes, one)).isEqualTo(FRAMES);
			assertThat(read(Framing.SSE, bytes, one, Math.min(one + 3, bytes.length))).isEqualTo(FRAMES);
		}
	}

	@Test
	void frameIsThereAsSoonAsItsBlankLineIs() {
		List<String> frames = new ArrayList<>();
		FrameReader reader = reader(Framing.SSE, 1000, frames);
		reader.read(buffer("data: a\r\n\r".getBytes(StandardCharsets.UTF_8)));
		assertThat(frames).containsExactly("null|a");
		reader.read(buffer("\ndata: b\r\n\r\n".getBytes(StandardCharsets.UTF_8)));
		reader.end();
		assertThat(frames).containsExactly("null|a", "null|b");
	}

	@Test
	void errorWrittenAsIsIsAFrame() {
		assertThat(read(Framing.SSE, "{\"error\":1}\n".getBytes(StandardCharsets.UTF_8)))
			.containsExactly("null|{\"error\":1}");
	}

	@Test
	void errorEventWithoutDataIsAFrame() {
		assertThat(read(Framing.SSE, "event: error\n\n".getBytes(StandardCharsets.UTF_8))).containsExactly("error|");
	}

	@Test
	void everyLineOfNdjsonIsAFrame() {
		byte[] bytes = "{\"a\":1}\n\r\n{\"b\":\"ü\"}\r\n{\"c\":3}".getBytes(StandardCharsets.UTF_8);
		for (int at = 0; at <= bytes.length; at++) {
			assertThat(read(Framing.NDJSON, bytes, at)).containsExactly("null|{\"a\":1}", "null|{\"b\":\"ü\"}",
					"null|{\"c\":3}");
		}
	}

	@Test
	void lineMayBeAsLongAsTheLimit() {
		String words = "x".repeat(300_000);
		byte[] bytes = ("data: a\n\ndata: " + words + "\n\ndata: b\n\n").getBytes(StandardCharsets.UTF_8);
		assertThat(read(Framing.SSE, bytes, everyByte(bytes.length))).containsExactly("null|a", "null|" + words,
				"null|b");
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "data: x\n", "data: x\r\n: comment\r\n" })
	void frameWithoutEndIsRefused(String piece) {
		FrameReader reader = reader(Framing.SSE, 10_000, new ArrayList<>());
		reader.read(buffer("data: ".getBytes(StandardCharsets.UTF_8)));
		assertThatExceptionOfType(FrameReader.FrameTooLongException.class).isThrownBy(() -> {
			for (int i = 0; i < 10_001; i++) {
				reader.read(buffer(piece.getBytes(StandardCharsets.UTF_8)));
			}
		});
	}

	@Test
	void longStreamNeedsNoMoreThanItsLongestFrame() {
		List<String> frames = new ArrayList<>();
		FrameReader reader = reader(Framing.SSE, 100, frames);
		byte[] bytes = "data: {\"a\":1}\n\n: ping\n\n".repeat(100).getBytes(StandardCharsets.UTF_8);
		Random random = new Random(7);
		for (int at = 0; at < bytes.length;) {
			int next = Math.min(bytes.length, at + 1 + random.nextInt(90));
			reader.read(buffer(java.util.Arrays.copyOfRange(bytes, at, next)));
			at = next;
		}
		assertThat(frames).hasSize(100).containsOnly("null|{\"a\":1}");
	}

	private static int[] everyByte(int length) {
		int[] cuts = new int[length];
		for (int i = 0; i < length; i++) {
			cuts[i] = i;
		}
		return cuts;
	}

	private static List<String> read(Framing framing, byte[] bytes, int... cuts) {
		List<String> frames = new ArrayList<>();
		FrameReader reader = reader(framing, 1_000_000, frames);
		int from = 0;
		for (int cut : cuts) {
			reader.read(buffer(java.util.Arrays.copyOfRange(bytes, from, cut)));
			from = cut;
		}
		reader.read(buffer(java.util.Arrays.copyOfRange(bytes, from, bytes.length)));
		reader.end();
		return frames;
	}

	private static FrameReader reader(Framing framing, int longest, List<String> frames) {
		return new FrameReader(framing, longest, (frame) -> frames.add(frame.event() + "|" + frame.text()));
	}

	private static DataBuffer buffer(byte[] bytes) {
		return DefaultDataBufferFactory.sharedInstance.wrap(bytes);
	}

}
