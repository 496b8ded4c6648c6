package io.arcllm.provider;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Recorded streams of all formats, split and cut everywhere. {@code -Darcllm.every-byte}
 * does so at every byte of the long ones, too.
 */
class RecordedStreamsTests {

	private static final boolean EVERY_BYTE = System.getProperty("arcllm.every-byte") != null;

	private static final int SHORT = 5000;

	static List<Arguments> streams() {
		return Stream
			.of(streams(new OpenAiFormat("acme"), ".*-completions-.*\\.sse",
					"\"finish_reason\": ?\"|\"choices\":\\[],"),
					streams(new AnthropicFormat("acme"), ".*-messages-.*\\.sse", "\"type\": ?\"message_stop\""),
					streams(new OllamaFormat("acme"), ".*-chat-.*\\.ndjson", "\"done\": ?true"))
			.flatMap(List::stream)
			.toList();
	}

	private static List<Arguments> streams(WireFormat format, String names, String proof) {
		return Recordings.streams(names).stream().map((file) -> Arguments.of(file, format, proof)).toList();
	}

	@ParameterizedTest(name = "{0}", allowZeroInvocations = true)
	@MethodSource("streams")
	void streamIsTheSameWhereverItIsSplit(Path file, WireFormat format, String proof) {
		byte[] bytes = Recordings.bytes(file);
		StreamedAnswer whole = StreamedAnswer.read(format, bytes);
		assertThat(whole.failure()).isNull();
		int step = (EVERY_BYTE || bytes.length < SHORT) ? 1 : 97;
		Random random = new Random(3);
		for (int at = 1; at < bytes.length; at += step) {
			assertThat(StreamedAnswer.read(format, bytes, at).events()).isEqualTo(whole.events());
		}
		for (int i = 0; i < 50; i++) {
			int[] cuts = random.ints(1 + random.nextInt(30), 1, bytes.length).sorted().toArray();
			assertThat(StreamedAnswer.read(format, bytes, cuts).events()).isEqualTo(whole.events());
		}
		int[] all = new int[bytes.length];
		Arrays.setAll(all, (i) -> i);
		assertThat(StreamedAnswer.read(format, bytes, all).events()).isEqualTo(whole.events());
	}

	@ParameterizedTest(name = "{0}", allowZeroInvocations = true)
	@MethodSource("streams")
	void streamIsCompleteOnlyAtItsEnd(Path file, WireFormat format, String proof) {
		byte[] bytes = Recordings.bytes(file);
		int end = end(new String(bytes, StandardCharsets.ISO_8859_1), proof);
		List<LlmEvent> whole = StreamedAnswer.read(format, bytes).events();
		LlmResponse response = whole.get(whole.size() - 1).answer();
		int step = (EVERY_BYTE || bytes.length < SHORT) ? 1 : 61;
		for (int cut = 0; cut < bytes.length; cut += (Math.abs(cut - end) < 300) ? 1 : step) {
			StreamedAnswer answer = StreamedAnswer.read(format, Arrays.copyOf(bytes, cut));
			if (cut < end) {
				assertThat(answer.isComplete()).as("complete at %d, before %d", cut, end).isFalse();
				assertThat(answer.failure().kind()).isEqualTo(ErrorKind.INTERRUPTED);
				assertThat(whole.subList(0, answer.events().size())).isEqualTo(answer.events());
			}
			else if (answer.isComplete()) {
				assertThat(answer.last().answer().text()).isEqualTo(response.text());
				assertThat(answer.last().answer().toolCalls()).isEqualTo(response.toolCalls());
			}
		}
	}

	@ParameterizedTest(name = "{0}", allowZeroInvocations = true)
	@MethodSource("streams")
	void aFlippedBitIsAnAnswerOrATypedError(Path file, WireFormat format, String proof) {
		byte[] bytes = Recordings.bytes(file);
		Random random = new Random(5);
		for (int i = 0; i < 300; i++) {
			byte[] damaged = bytes.clone();
			damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
			StreamedAnswer answer = StreamedAnswer.read(format, damaged);
			assertThat(answer.failure() == null)
				.isEqualTo(!answer.events().isEmpty() && answer.last().answer() != null);
		}
	}

	/** Where the object ends that is the first to say that the answer does. */
	private static int end(String text, String proof) {
		Matcher matcher = Pattern.compile(proof).matcher(text);
		assertThat(matcher.find()).isTrue();
		int end = matcher.start();
		while (text.charAt(end) != '\n' && text.charAt(end) != '\r') {
			end++;
		}
		return end;
	}

}
