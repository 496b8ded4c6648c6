package io.arcllm.provider.http;

import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;
import java.util.stream.Stream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.ResponseFormat;
import io.arcllm.ToolCall;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.json.FormatCheck;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * {@code http.max-response-size} bounds everything that is kept of an answer, whatever it
 * is made of: each of these streams would never end.
 */
@Timeout(60)
class BoundedAnswersTests {

	private static final int LIMIT = 64 * 1024;

	/** Of the wire, which says more than is kept. */
	private static final int MOST_READ = 40 * LIMIT;

	private static final WireFormat OPENAI = new OpenAiFormat("vendor");

	private static final WireFormat ANTHROPIC = new AnthropicFormat("vendor");

	private static final WireFormat OLLAMA = new OllamaFormat("vendor");

	private static Arguments of(String what, WireFormat format, String first, IntFunction<String> frames) {
		return Arguments.argumentSet(what, format, first, frames);
	}

	private static String event(String json) {
		return "data: " + json + "\n\n";
	}

	private static String chunk(String delta) {
		return event("{\"choices\":[{\"index\":0,\"delta\":" + delta + "}]}");
	}

	private static String call(String fields) {
		return chunk("{\"tool_calls\":[{" + fields + "}]}");
	}

	private static String start(int index, String block) {
		return event("{\"type\":\"content_block_start\",\"index\":" + index + ",\"content_block\":" + block + "}");
	}

	private static String delta(int index, String delta) {
		return event("{\"type\":\"content_block_delta\",\"index\":" + index + ",\"delta\":" + delta + "}");
	}

	private static final String BEGIN = event("{\"type\":\"message_start\",\"message\":{\"id\":\"m\"}}");

	static Stream<Arguments> openai() {
		return Stream.of(of("words", OPENAI, "", (i) -> chunk("{\"content\":\"word \"}")),
				of("thoughts", OPENAI, "", (i) -> chunk("{\"reasoning_content\":\"word \"}")),
				of("words and thoughts in turn", OPENAI, "",
						(i) -> chunk((i % 2 == 0) ? "{\"content\":\"a\"}" : "{\"reasoning\":\"a\"}")),
				of("parts", OPENAI, "", (i) -> chunk(
						"{\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"thinking\",\"thinking\":[{\"text\":\"b\"}]}]}")),
				of("refusals", OPENAI, "", (i) -> chunk("{\"refusal\":\"no \"}")),
				of("calls", OPENAI, "",
						(i) -> call("\"index\":" + i + ",\"id\":\"c" + i
								+ "\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}")),
				of("calls without a name", OPENAI, "", (i) -> call("\"index\":" + i + ",\"id\":\"c" + i + "\"")),
				of("arguments", OPENAI,
						call("\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}"),
						(i) -> call("\"index\":0,\"function\":{\"arguments\":\" \"}")),
				of("arguments of a call without a name", OPENAI, "",
						(i) -> call("\"index\":0,\"id\":\"c\",\"function\":{\"arguments\":\"     \"}")),
				of("one call at many indexes", OPENAI,
						call("\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}"),
						(i) -> call("\"index\":" + i + ",\"id\":\"c\",\"function\":{\"arguments\":\"\"}")),
				of("extras", OPENAI, "",
						(i) -> call("\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"\"},"
								+ "\"extra_content\":{\"google\":{\"thought_signature\":\"0123456789\"}}")),
				of("extras of words", OPENAI, "", (i) -> chunk("{\"extra_content\":{\"a\":\"0123456789\"}}")),
				of("empty details", OPENAI, "", (i) -> chunk("{\"reasoning_details\":[{},{},{},{}]}")),
				of("details", OPENAI, "",
						(i) -> chunk("{\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"x\"}]}")),
				of("a line without an end", OPENAI, "data: ", (i) -> "{\"choices\":[],"),
				of("a name of an event without an end", OPENAI, "event: ", (i) -> "xxxxxxxxxxxxxxxx"),
				of("an event of many lines", OPENAI, "", (i) -> "data: {\n"),
				of("an event that goes on after its data", OPENAI, "data: {}\n", (i) -> "id: 1\n"),
				of("a comment without an end", OPENAI, ": ", (i) -> "keep-alive"));
	}

	static Stream<Arguments> anthropic() {
		return Stream.of(
				of("words", ANTHROPIC, BEGIN + start(0, "{\"type\":\"text\",\"text\":\"\"}"),
						(i) -> delta(0, "{\"type\":\"text_delta\",\"text\":\"word \"}")),
				of("thoughts", ANTHROPIC, BEGIN + start(0, "{\"type\":\"thinking\",\"thinking\":\"\"}"),
						(i) -> delta(0, "{\"type\":\"thinking_delta\",\"thinking\":\"word \"}")),
				of("signatures", ANTHROPIC, BEGIN + start(0, "{\"type\":\"thinking\",\"thinking\":\"\"}"),
						(i) -> delta(0, "{\"type\":\"signature_delta\",\"signature\":\"word \"}")),
				of("blocks that never end", ANTHROPIC, BEGIN, (i) -> start(i, "{\"type\":\"text\",\"text\":\"\"}")),
				of("empty thoughts", ANTHROPIC, BEGIN, (i) -> start(i, "{\"type\":\"thinking\",\"thinking\":\"\"}")),
				of("hidden thoughts", ANTHROPIC, BEGIN,
						(i) -> start(i, "{\"type\":\"redacted_thinking\",\"data\":\"\"}")),
				of("the same block again", ANTHROPIC, BEGIN, (i) -> start(0, "{\"type\":\"text\",\"text\":\"\"}")),
				of("unknown blocks", ANTHROPIC, BEGIN,
						(i) -> start(i, "{}") + event("{\"type\":\"content_block_stop\",\"index\":" + i + "}")),
				of("pieces of an unknown block", ANTHROPIC, BEGIN + start(0, "{\"type\":\"server_tool_use\"}"),
						(i) -> delta(0, "{\"type\":\"input_json_delta\",\"partial_json\":\"word \"}")),
				of("fields of an unknown block", ANTHROPIC, BEGIN + start(0, "{\"type\":\"server_tool_use\"}"),
						(i) -> delta(0, "{\"field-" + i + "\":\"\"}")),
				of("calls", ANTHROPIC, BEGIN,
						(i) -> start(i, "{\"type\":\"tool_use\",\"id\":\"c" + i + "\",\"name\":\"f\",\"input\":{}}")),
				of("arguments", ANTHROPIC,
						BEGIN + start(0, "{\"type\":\"tool_use\",\"id\":\"c\",\"name\":\"f\",\"input\":{}}"),
						(i) -> delta(0, "{\"type\":\"input_json_delta\",\"partial_json\":\" \"}")),
				of("messages", ANTHROPIC, "", (i) -> event(
						"{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}}")));
	}

	static Stream<Arguments> ollama() {
		return Stream.of(of("words", OLLAMA, "", (i) -> "{\"message\":{\"content\":\"word \"},\"done\":false}\n"),
				of("thoughts", OLLAMA, "", (i) -> "{\"message\":{\"thinking\":\"word \"},\"done\":false}\n"),
				of("calls", OLLAMA, "", (
						i) -> "{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{}}}]},\"done\":false}\n"),
				of("a line without an end", OLLAMA, "{\"message\":{", (i) -> "\"a\":1,"));
	}

	@ParameterizedTest
	@MethodSource({ "openai", "anthropic", "ollama" })
	void streamThatNeverEndsIsAnErrorOnceItsLimitIsReached(WireFormat format, String first,
			IntFunction<String> frames) {
		StreamedBody body = new StreamedBody(format.framing(), format.decoder(Exchange.context()),
				new SizeLimit(LIMIT, Exchange.TARGET), false);
		int[] read = new int[1];
		LlmException failure = catchThrowableOfType(LlmException.class, () -> {
			read[0] += read(body, first);
			for (int i = 0; read[0] < MOST_READ; i++) {
				read[0] += read(body, frames.apply(i));
			}
		});
		assertThat(failure).as("after " + read[0] + " bytes").isNotNull();
		assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
	}

	private static int read(StreamedBody body, String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		body.read(DefaultDataBufferFactory.sharedInstance.wrap(bytes), (event) -> {
		});
		return bytes.length;
	}

	/** A tree takes thirty times the memory of such a text. */
	@Test
	void argumentsOfVeryManyTokensStayRaw() {
		String many = "{\\\"a\\\":[" + "[],".repeat(100_000) + "1]}";
		ToolCall call = Exchange.whole(OPENAI,
				"{\"choices\":[{\"finish_reason\":\"tool_calls\",\"message\":{\"tool_calls\":[{\"id\":\"c\",\"function\":"
						+ "{\"name\":\"f\",\"arguments\":\"" + many + "\"}}]}}]}")
			.toolCalls()
			.get(0);
		assertThat(call.parsedArguments()).isNull();
		assertThat(call.rawArguments()).hasSizeGreaterThan(300_000);
	}

	@Test
	void allArgumentsOfAnAnswerTogetherHaveALimitOfTokens() {
		String many = "{\"a\":[" + "[],".repeat(10_000) + "1]}";
		StringBuilder calls = new StringBuilder();
		for (int i = 0; i < 100; i++) {
			calls.append((i == 0) ? "" : ",")
				.append("{\"function\":{\"name\":\"f\",\"arguments\":")
				.append(many)
				.append("}}");
		}
		assertThat(Exchange
			.whole(OLLAMA, "{\"message\":{\"tool_calls\":[" + calls + "]},\"done\":true,\"done_reason\":\"stop\"}")
			.toolCalls()).filteredOn((call) -> call.parsedArguments() != null).hasSizeBetween(3, 12);
	}

	@Test
	void ordinaryArgumentsAreParsedHoweverManyCallsThereAre() {
		StringBuilder calls = new StringBuilder();
		for (int i = 0; i < 1000; i++) {
			calls.append((i == 0) ? "" : ",")
				.append("{\"function\":{\"name\":\"f\",\"arguments\":{\"path\":\"a\",\"text\":\"")
				.append("x".repeat(1000))
				.append("\",\"lines\":[1,2,3]}}}");
		}
		assertThat(Exchange
			.whole(OLLAMA, "{\"message\":{\"tool_calls\":[" + calls + "]},\"done\":true,\"done_reason\":\"stop\"}")
			.toolCalls()).hasSize(1000).allMatch((call) -> call.parsedArguments() != null);
	}

	@Test
	void typedAnswerOfVeryManyTokensIsNone() {
		String many = "{\"a\":[" + "[],".repeat(100_000) + "1]}";
		assertThat(FormatCheck.holds(ResponseFormat.JSON, many)).isFalse();
		assertThat(FormatCheck.holds(ResponseFormat.JSON, "{\"a\":[[],1]}")).isTrue();
	}

	/** Made up for each call, of what the answer says once. */
	@Test
	void longIdOfAnAnswerIsNotRepeatedForEachCall() {
		String id = "x".repeat(1_000_000);
		String openai = "{\"id\":\"" + id
				+ "\",\"choices\":[{\"finish_reason\":\"tool_calls\",\"message\":{\"tool_calls\":["
				+ "{\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},".repeat(500)
				+ "{\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}";
		String ollama = "{\"created_at\":\"" + "1".repeat(1_000_000) + "\",\"message\":{\"tool_calls\":["
				+ "{\"function\":{\"name\":\"f\",\"arguments\":{}}},".repeat(500)
				+ "{\"function\":{\"name\":\"f\",\"arguments\":{}}}]},\"done\":true,\"done_reason\":\"stop\"}";
		assertThat(Exchange.whole(OPENAI, openai).toolCalls()).allMatch((call) -> call.id().length() < 300);
		assertThat(Exchange.whole(OLLAMA, ollama).toolCalls()).allMatch((call) -> call.id().length() < 300);
	}

	static Stream<Arguments> wholes() {
		String empty = "{},".repeat(1_000_000) + "{}";
		return Stream.of(
				Arguments.argumentSet("anthropic blocks", ANTHROPIC,
						"{\"type\":\"message\",\"content\":[" + empty + "],\"stop_reason\":\"end_turn\"}"),
				Arguments.argumentSet("openai calls", OPENAI,
						"{\"choices\":[{\"message\":{\"tool_calls\":[" + empty + "]},\"finish_reason\":\"stop\"}]}"),
				Arguments.argumentSet("openai details", OPENAI,
						"{\"choices\":[{\"message\":{\"content\":\"a\",\"reasoning_details\":[" + empty
								+ "]},\"finish_reason\":\"stop\"}]}"),
				Arguments.argumentSet("ollama calls", OLLAMA,
						"{\"message\":{\"tool_calls\":[" + empty + "]},\"done\":true,\"done_reason\":\"stop\"}"));
	}

	@ParameterizedTest
	@MethodSource("wholes")
	void wholeAnswerOfVeryManyPartsIsAnError(WireFormat format, String body) {
		LlmException failure = catchThrowableOfType(LlmException.class, () -> Exchange.whole(format, body));
		assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
	}

}
