package io.arcllm.provider.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import io.arcllm.ErrorKind;
import io.arcllm.LlmResponse;
import io.arcllm.ToolArgumentsException;
import io.arcllm.ToolCall;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tool calls that arrive in pieces, in all formats.
 */
class StreamedToolCallsTests {

	/** A smile as it is, and one that the model wrote as two escapes. */
	private static final String ARGUMENTS = "{\"q\":\"a\\\"b\\\\ 日😀 \\ud83d\\ude00\\n\",\"n\":[1,{}]}";

	private static final Map<String, Object> PARSED = Map.of("q", "a\"b\\ 日😀 😀\n", "n", List.of(1, Map.of()));

	private static final OllamaFormat OLLAMA = new OllamaFormat("acme");

	/** Those that send arguments in pieces. */
	private enum Vendor {

		OPENAI(new OpenAiFormat("acme")), ANTHROPIC(new AnthropicFormat("acme"));

		private final WireFormat format;

		Vendor(WireFormat format) {
			this.format = format;
		}

		String begin(int index, String name) {
			return (this == OPENAI)
					? openAi(index,
							"\"id\":\"id-" + index + "\",\"function\":{\"name\":\"" + name + "\",\"arguments\":\"\"}")
					: data("{\"type\":\"content_block_start\",\"index\":" + index
							+ ",\"content_block\":{\"type\":\"tool_use\",\"id\":\"id-" + index + "\",\"name\":\"" + name
							+ "\",\"input\":{}}}");
		}

		/** The next piece of the arguments, as a JSON string. */
		String piece(int index, String json) {
			return (this == OPENAI) ? openAi(index, "\"function\":{\"arguments\":" + json + "}")
					: data("{\"type\":\"content_block_delta\",\"index\":" + index
							+ ",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":" + json + "}}");
		}

		String end() {
			return (this == OPENAI)
					? data("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}")
							+ "data: [DONE]\n\n"
					: data("{\"type\":\"content_block_stop\",\"index\":0}")
							+ data("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"}}")
							+ data("{\"type\":\"message_stop\"}");
		}

		private static String openAi(int index, String piece) {
			return data("{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":" + index + "," + piece
					+ "}]}}]}");
		}

		private static String data(String json) {
			return "data: " + json + "\n\n";
		}

	}

	@ParameterizedTest
	@EnumSource
	void argumentsMayBeSplitInsideEscapesAndSurrogatePairs(Vendor vendor) {
		for (int at = 0; at <= ARGUMENTS.length(); at++) {
			assertArguments(read(vendor, vendor.begin(0, "find") + vendor.piece(0, json(ARGUMENTS.substring(0, at)))
					+ vendor.piece(0, json(ARGUMENTS.substring(at))) + vendor.end()));
		}
	}

	@ParameterizedTest
	@EnumSource
	void argumentsMayComeCharacterByCharacter(Vendor vendor) {
		StringBuilder pieces = new StringBuilder();
		ARGUMENTS.chars().forEach((one) -> pieces.append(vendor.piece(0, json(String.valueOf((char) one)))));
		assertArguments(read(vendor, vendor.begin(0, "find") + pieces + vendor.end()));
	}

	@ParameterizedTest
	@EnumSource
	void socketMaySplitTheBytesOfACharacter(Vendor vendor) {
		String plain = JsonMapper.shared().writeValueAsString(ARGUMENTS);
		assertThat(plain).contains("😀");
		byte[] stream = bytes(vendor.begin(0, "find") + vendor.piece(0, plain) + vendor.end());
		for (int at = 0; at <= stream.length; at++) {
			assertArguments(StreamedAnswer.read(vendor.format, stream, at));
		}
	}

	@Test
	void ollamaSendsArgumentsWhole() {
		byte[] stream = bytes("{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"find\",\"arguments\":"
				+ ARGUMENTS + "}}]},\"done\":false}\n{\"done\":true}\n");
		for (int at = 0; at <= stream.length; at++) {
			assertArguments(StreamedAnswer.read(OLLAMA, stream, at));
		}
	}

	@ParameterizedTest
	@EnumSource
	void interleavedCallsAreKeptApart(Vendor vendor) {
		StringBuilder pieces = new StringBuilder();
		String other = "[" + ARGUMENTS + "]";
		for (int i = 0; i < other.length(); i++) {
			pieces.append(vendor.piece(1, json(other.substring(i, i + 1))));
			if (i < ARGUMENTS.length()) {
				pieces.append(vendor.piece(0, json(ARGUMENTS.substring(i, i + 1))));
			}
		}
		LlmResponse answer = answer(
				read(vendor, vendor.begin(0, "find") + vendor.begin(1, "sum") + pieces + vendor.end()));
		assertThat(answer.toolCalls()).extracting(ToolCall::name).containsExactly("find", "sum");
		assertThat(answer.toolCalls()).extracting(ToolCall::id).containsExactly("id-0", "id-1");
		assertThat(answer.toolCalls()).extracting(ToolCall::rawArguments).containsExactly(ARGUMENTS, other);
	}

	@ParameterizedTest
	@EnumSource
	void aCallThatNeverFinishesIsAnInterruptionWithItsFragments(Vendor vendor) {
		for (int at = 1; at < ARGUMENTS.length(); at++) {
			String half = ARGUMENTS.substring(0, at);
			StreamedAnswer answer = read(vendor, vendor.begin(0, "find") + vendor.piece(0, json(half)));
			assertThat(answer.failure().kind()).isEqualTo(ErrorKind.INTERRUPTED);
			assertThat(answer.failure().partial().toolCalls())
				.containsExactly(new ToolCall("id-0", "find", half, null));
		}
	}

	@Test
	void aCallOfOllamaWithoutTheEndOfTheAnswerIsAnInterruption() {
		String line = "{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"find\",\"arguments\":{\"q\":1}}}]}}";
		StreamedAnswer answer = StreamedAnswer.read(OLLAMA, bytes(line + "\n"));
		assertThat(answer.failure().kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(answer.failure().partial().toolCalls()).extracting(ToolCall::rawArguments)
			.containsExactly("{\"q\":1}");
		StreamedAnswer cut = StreamedAnswer.read(OLLAMA, bytes(line.substring(0, line.indexOf(":1}"))));
		assertThat(cut.failure().kind()).isEqualTo(ErrorKind.INTERRUPTED);
	}

	@ParameterizedTest
	@EnumSource
	void brokenArgumentsOfAFinishedCallAreATypedErrorWithTheRawText(Vendor vendor) {
		String broken = ARGUMENTS.substring(0, 9);
		assertBroken(read(vendor, vendor.begin(0, "find") + vendor.piece(0, json(broken)) + vendor.end()), broken);
	}

	@Test
	void brokenArgumentsOfOllamaAreATypedErrorWithTheRawText() {
		String broken = "{\"q\":";
		assertBroken(StreamedAnswer.read(OLLAMA,
				bytes("{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"find\",\"arguments\":" + json(broken)
						+ "}}]},\"done\":true}\n")),
				broken);
	}

	private static void assertBroken(StreamedAnswer answer, String raw) {
		ToolCall call = answer(answer).toolCalls().get(0);
		ToolArgumentsException failure = catchThrowableOfType(ToolArgumentsException.class, call::arguments);
		assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
		assertThat(failure.rawArguments()).isEqualTo(raw);
	}

	private static void assertArguments(StreamedAnswer answer) {
		ToolCall call = answer(answer).toolCalls().get(0);
		assertThat(call.rawArguments()).isEqualTo(ARGUMENTS);
		assertThat(call.arguments()).isEqualTo(PARSED);
	}

	private static LlmResponse answer(StreamedAnswer answer) {
		assertThat(answer.failure()).isNull();
		return answer.last().answer();
	}

	private static StreamedAnswer read(Vendor vendor, String stream) {
		return StreamedAnswer.read(vendor.format, bytes(stream));
	}

	/** A JSON string in which each half of a smile is an escape of its own. */
	private static String json(String text) {
		StringBuilder json = new StringBuilder();
		for (char one : text.toCharArray()) {
			json.append((one < 128 && one != '"' && one != '\\') ? String.valueOf(one)
					: String.format("\\u%04x", (int) one));
		}
		return '"' + json.toString() + '"';
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
