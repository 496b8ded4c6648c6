package io.arcllm.provider.http;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Recorded streams of all formats, split and cut at every byte.
 */
class RecordedStreamsTests {

	/** Split in two at every byte. */
	private static final int SHORT = 3000;

	private static final String NEVER = "(?!)";

	static List<Arguments> streams() {
		return Stream
			.of(streams(new OpenAiFormat("acme"), ".*-completions-.*\\.sse",
					"\"finish_reason\": ?\"|\"choices\":\\[],"),
					streams(new OpenAiFormat("acme"), ".*-midstream-.*\\.sse", NEVER),
					streams(new AnthropicFormat("acme"), ".*-messages-.*\\.sse", "\"type\": ?\"message_stop\""),
					streams(new OllamaFormat("acme"), ".*-chat-.*\\.ndjson", "\"done\": ?true"))
			.flatMap(List::stream)
			.toList();
	}

	private static List<Arguments> streams(WireFormat format, String names, String proof) {
		return Recordings.streams(names).stream().map((file) -> Arguments.of(file, format, proof)).toList();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("streams")
	@Execution(ExecutionMode.CONCURRENT)
	void streamIsTheSameSplitInTwoOrAtRandom(Path file, WireFormat format, String proof) {
		byte[] bytes = Recordings.bytes(file);
		StreamedAnswer whole = StreamedAnswer.read(format, bytes);
		int step = (bytes.length < SHORT) ? 1 : 97;
		for (int at = 1; at < bytes.length; at += step) {
			assertSame(StreamedAnswer.read(format, bytes, at), whole);
		}
		Random random = new Random(3);
		for (int i = 0; i < 50; i++) {
			int[] cuts = random.ints(1 + random.nextInt(30), 1, bytes.length).sorted().toArray();
			assertSame(StreamedAnswer.read(format, bytes, cuts), whole);
		}
		assertSame(StreamedAnswer.read(format, bytes, IntStream.range(0, bytes.length).toArray()), whole);
	}

	/** Every byte of every stream, with one split in each of its frames at a time. */
	@ParameterizedTest(name = "{0}")
	@MethodSource("streams")
	@Execution(ExecutionMode.CONCURRENT)
	void eventsAreTheSameAtEverySplitOfEveryFrame(Path file, WireFormat format, String proof) {
		byte[] bytes = Recordings.bytes(file);
		StreamedAnswer whole = StreamedAnswer.read(format, bytes);
		assertThat(whole.failure() != null).isEqualTo(proof.equals(NEVER));
		int[] starts = frameStarts(format, bytes);
		int longest = IntStream.range(1, starts.length).map((i) -> starts[i] - starts[i - 1]).max().orElseThrow();
		for (int offset = 0; offset < longest; offset++) {
			assertSame(StreamedAnswer.read(format, bytes, cuts(starts, offset)), whole);
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("streams")
	@Execution(ExecutionMode.CONCURRENT)
	void streamCutAfterAnyByteIsCompleteOnlyAtItsEnd(Path file, WireFormat format, String proof) {
		// Errors are cheap where the stack is low.
		CompletableFuture.runAsync(() -> cutAfterEveryByte(file, format, proof), (task) -> new Thread(task).start())
			.join();
	}

	private static void cutAfterEveryByte(Path file, WireFormat format, String proof) {
		byte[] bytes = Recordings.bytes(file);
		int end = end(new String(bytes, StandardCharsets.ISO_8859_1), proof);
		StreamedAnswer whole = StreamedAnswer.read(format, bytes);
		StreamedBody body = StreamedAnswer.body(format);
		List<LlmEvent> events = new ArrayList<>();
		LlmException broken = null;
		for (int cut = 0; cut < bytes.length && broken == null; cut++) {
			List<LlmEvent> last = new ArrayList<>();
			StreamedBody fork = Forks.of(body, StreamedAnswer.body(format));
			LlmException failure = StreamedAnswer.failure(() -> fork.end(last::add));
			assertCut(cut < end, new StreamedAnswer(last, failure), whole, events.size());
			byte[] next = { bytes[cut] };
			broken = StreamedAnswer
				.failure(() -> body.read(DefaultDataBufferFactory.sharedInstance.wrap(next), events::add));
		}
		assertThat(broken != null).isEqualTo(whole.failure() != null);
		assertThat(whole.events().subList(0, events.size())).isEqualTo(events);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("streams")
	@Execution(ExecutionMode.CONCURRENT)
	void cutStreamIsTheSameReadAtOnce(Path file, WireFormat format, String proof) {
		byte[] bytes = Recordings.bytes(file);
		int end = end(new String(bytes, StandardCharsets.ISO_8859_1), proof);
		StreamedAnswer whole = StreamedAnswer.read(format, bytes);
		for (int cut = 0; cut < bytes.length; cut += (bytes.length < SHORT) ? 31 : 311) {
			assertCut(cut < end, StreamedAnswer.read(format, Arrays.copyOf(bytes, cut)), whole, 0);
		}
	}

	private static void assertCut(boolean early, StreamedAnswer answer, StreamedAnswer whole, int from) {
		if (early) {
			assertThat(answer.isComplete()).isFalse();
			if (whole.isComplete()) {
				assertThat(answer.failure().kind()).isEqualTo(ErrorKind.INTERRUPTED);
			}
			assertThat(whole.events().subList(from, from + answer.events().size()).equals(answer.events())).isTrue();
		}
		else if (answer.isComplete()) {
			LlmResponse response = whole.last().answer();
			assertThat(answer.last().answer().text()).isEqualTo(response.text());
			assertThat(answer.last().answer().toolCalls()).isEqualTo(response.toolCalls());
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("streams")
	@Execution(ExecutionMode.CONCURRENT)
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

	private static ErrorKind kind(LlmException failure) {
		return (failure == null) ? ErrorKind.INTERRUPTED : failure.kind();
	}

	private static void assertSame(StreamedAnswer answer, StreamedAnswer whole) {
		assertThat(answer.events().equals(whole.events())).isTrue();
		assertThat(kind(answer.failure())).isEqualTo(kind(whole.failure()));
	}

	/** Where each frame begins, and the end. */
	private static int[] frameStarts(WireFormat format, byte[] bytes) {
		IntStream.Builder starts = IntStream.builder();
		boolean[] ended = { true };
		FrameReader reader = new FrameReader(format.framing(), Integer.MAX_VALUE, (frame) -> ended[0] = true);
		for (int at = 0; at < bytes.length; at++) {
			if (ended[0]) {
				starts.add(at);
				ended[0] = false;
			}
			reader.read(DefaultDataBufferFactory.sharedInstance.wrap(new byte[] { bytes[at] }));
		}
		return IntStream.concat(starts.build(), IntStream.of(bytes.length)).toArray();
	}

	/** One cut in each frame that is as long. */
	private static int[] cuts(int[] starts, int offset) {
		return IntStream.range(1, starts.length)
			.filter((i) -> starts[i - 1] + offset < starts[i])
			.map((i) -> starts[i - 1] + offset)
			.toArray();
	}

	/** Where the object ends that is the first to say that the answer does. */
	private static int end(String text, String proof) {
		if (proof.equals(NEVER)) {
			return Integer.MAX_VALUE;
		}
		Matcher matcher = Pattern.compile(proof).matcher(text);
		assertThat(matcher.find()).isTrue();
		int end = matcher.start();
		while (text.charAt(end) != '\n' && text.charAt(end) != '\r') {
			end++;
		}
		return end;
	}

}
