package io.arcllm.provider.http;

import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Answers of very many small parts take a time that grows with their number, not with its
 * square: each would take minutes otherwise.
 */
@Timeout(value = 15, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManyPartsTests {

	private static final int MANY = 80_000;

	private static final WireFormat OPENAI = new OpenAiFormat("vendor");

	private static final WireFormat ANTHROPIC = new AnthropicFormat("vendor");

	private static final WireFormat OLLAMA = new OllamaFormat("vendor");

	private static String many(IntFunction<String> part) {
		return IntStream.range(0, MANY).mapToObj(part).collect(Collectors.joining());
	}

	private static String chunk(String delta) {
		return "data: {\"choices\":[{\"index\":0,\"delta\":" + delta + "}]}\n\n";
	}

	private static String event(String json) {
		return "data: " + json + "\n\n";
	}

	private static String block(int index, String block, String... deltas) {
		return event("{\"type\":\"content_block_start\",\"index\":" + index + ",\"content_block\":" + block + "}")
				+ Stream.of(deltas)
					.map((delta) -> event(
							"{\"type\":\"content_block_delta\",\"index\":" + index + ",\"delta\":" + delta + "}"))
					.collect(Collectors.joining())
				+ event("{\"type\":\"content_block_stop\",\"index\":" + index + "}");
	}

	private static String openai(String middle) {
		return middle
				+ "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
	}

	private static String anthropic(String middle) {
		return event(
				"{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"m\",\"usage\":{\"input_tokens\":1}}}")
				+ middle
				+ event("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":1}}")
				+ event("{\"type\":\"message_stop\"}");
	}

	private static Arguments of(String what, WireFormat format, String body) {
		return Arguments.argumentSet(what, format, body);
	}

	static Stream<Arguments> answers() {
		return Stream.of(of("openai texts", OPENAI, openai(many((i) -> chunk("{\"content\":\"a\"}")))),
				of("openai thoughts and texts", OPENAI,
						openai(many(
								(i) -> chunk((i % 2 == 0) ? "{\"content\":\"a\"}" : "{\"reasoning_content\":\"b\"}")))),
				of("openai arguments", OPENAI, openai(chunk(
						"{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}")
						+ chunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"[\"}}]}")
						+ many((i) -> chunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\" \"}}]}"))
						+ chunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"1]\"}}]}"))),
				of("openai details", OPENAI,
						openai(many(
								(i) -> chunk("{\"content\":\"a\",\"reasoning_details\":[{\"type\":\"reasoning.text\","
										+ "\"index\":0,\"text\":\"t\"}]}")))),
				of("openai details of their own", OPENAI, openai(
						many((i) -> chunk("{\"content\":\"a\",\"reasoning_details\":[{\"type\":\"reasoning.encrypted\","
								+ "\"index\":" + i + ",\"id\":\"r" + i + "\",\"data\":\"t\"}]}")))),
				of("anthropic texts", ANTHROPIC,
						anthropic(many((i) -> block(i, "{\"type\":\"text\",\"text\":\"\"}",
								"{\"type\":\"text_delta\",\"text\":\"a\"}")))),
				of("anthropic thoughts and texts", ANTHROPIC, anthropic(many((i) -> (i % 2 == 0)
						? block(i, "{\"type\":\"thinking\",\"thinking\":\"\"}",
								"{\"type\":\"thinking_delta\",\"thinking\":\"a\"}",
								"{\"type\":\"signature_delta\",\"signature\":\"s\"}")
						: block(i, "{\"type\":\"text\",\"text\":\"\"}", "{\"type\":\"text_delta\",\"text\":\"a\"}")))),
				of("anthropic signatures", ANTHROPIC, anthropic(event(
						"{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\"}}")
						+ many((i) -> event(
								"{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"s\"}}"))
						+ event("{\"type\":\"content_block_stop\",\"index\":0}")
						+ block(1, "{\"type\":\"text\",\"text\":\"a\"}"))),
				of("anthropic arguments", ANTHROPIC, anthropic(event(
						"{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\",\"id\":\"c\",\"name\":\"f\",\"input\":{}}}")
						+ event("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\"}}")
						+ many((i) -> event(
								"{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\" \"}}"))
						+ event("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"}\"}}")
						+ event("{\"type\":\"content_block_stop\",\"index\":0}"))),
				of("anthropic blocks of its own tools", ANTHROPIC,
						anthropic(many((i) -> block(i,
								"{\"type\":\"server_tool_use\",\"id\":\"s" + i + "\",\"name\":\"w\",\"input\":{}}"))
								+ block(MANY, "{\"type\":\"text\",\"text\":\"a\"}"))),
				of("ollama texts", OLLAMA,
						many((i) -> "{\"message\":{\"content\":\"a\",\"thinking\":\"b\"},\"done\":false}\n")
								+ "{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\"}\n"));
	}

	@ParameterizedTest
	@MethodSource("answers")
	void manyPartsAreAnAnswerSoon(WireFormat format, String body) {
		LlmResponse answer = Exchange.streamed(format, body).response();
		assertThat(answer.content()).isNotEmpty();
		assertThat(answer.toMessage()).isNotNull();
	}

	static Stream<Arguments> wholes() {
		return Stream.of(
				of("openai parts", OPENAI,
						"{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":["
								+ many((i) -> "{\"type\":\"text\",\"text\":\"a\"},") + "{\"text\":\"b\"}]}}]}"),
				of("openai details", OPENAI,
						"{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"a\",\"reasoning_details\":["
								+ many((i) -> "{\"type\":\"reasoning.text\",\"index\":" + i + ",\"text\":\"t\"},")
								+ "{}]}}]}"),
				of("anthropic texts", ANTHROPIC, "{\"type\":\"message\",\"stop_reason\":\"end_turn\",\"content\":["
						+ many((i) -> "{\"type\":\"text\",\"text\":\"a\"},") + "{\"type\":\"text\",\"text\":\"b\"}]}"),
				of("anthropic thoughts and texts", ANTHROPIC,
						"{\"type\":\"message\",\"stop_reason\":\"end_turn\",\"content\":["
								+ many((i) -> (i % 2 == 0)
										? "{\"type\":\"thinking\",\"thinking\":\"a\",\"signature\":\"s\"},"
										: "{\"type\":\"text\",\"text\":\"a\"},")
								+ "{\"type\":\"text\",\"text\":\"b\"}]}"),
				of("anthropic blocks of its own tools", ANTHROPIC,
						"{\"type\":\"message\",\"stop_reason\":\"end_turn\",\"content\":["
								+ many((i) -> "{\"type\":\"server_tool_use\",\"id\":\"s" + i + "\",\"input\":{}},")
								+ "{\"type\":\"text\",\"text\":\"b\"}]}"),
				of("ollama words", OLLAMA, "{\"message\":{\"content\":\"" + many((i) -> "\\n")
						+ "\"},\"done\":true,\"done_reason\":\"stop\"}"));
	}

	@ParameterizedTest
	@MethodSource("wholes")
	void manyPartsOfAWholeAnswerAreReadSoon(WireFormat format, String body) {
		LlmResponse answer = Exchange.whole(format, body);
		assertThat(answer.content()).isNotEmpty();
		assertThat(answer.toMessage()).isNotNull();
	}

	static Stream<Arguments> wholeCalls() {
		return Stream.of(
				of("openai", OPENAI,
						"{\"choices\":[{\"finish_reason\":\"tool_calls\",\"message\":{\"tool_calls\":[" + many(
								(i) -> "{\"id\":\"c" + i + "\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},")
								+ "{}]}}]}"),
				of("anthropic", ANTHROPIC,
						"{\"type\":\"message\",\"stop_reason\":\"tool_use\",\"content\":[" + many(
								(i) -> "{\"type\":\"tool_use\",\"id\":\"c" + i + "\",\"name\":\"f\",\"input\":{}},")
								+ "{}]}"),
				of("ollama", OLLAMA,
						"{\"message\":{\"tool_calls\":["
								+ many((i) -> "{\"function\":{\"name\":\"f\",\"arguments\":{}}},")
								+ "{\"function\":{\"name\":\"f\"}}]},\"done\":true}"));
	}

	@ParameterizedTest
	@MethodSource("wholeCalls")
	void manyToolCallsOfAWholeAnswerAreAnErrorSoon(WireFormat format, String body) {
		LlmException failure = catchThrowableOfType(LlmException.class, () -> Exchange.whole(format, body));
		assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
		assertThat(failure).hasMessageContaining("more than 1000 tool calls");
	}

	static Stream<Arguments> calls() {
		return Stream.of(
				of("openai", OPENAI,
						openai(many((i) -> chunk("{\"tool_calls\":[{\"index\":" + i + ",\"id\":\"c" + i
								+ "\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}")))),
				of("openai without ids", OPENAI, openai(many((i) -> chunk(
						"{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}")))),
				of("openai at once", OPENAI,
						openai(chunk("{\"tool_calls\":[" + many((i) -> ((i == 0) ? "" : ",") + "{\"index\":" + i
								+ ",\"id\":\"c" + i + "\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}")
								+ "]}"))),
				of("anthropic", ANTHROPIC, anthropic(many(
						(i) -> block(i, "{\"type\":\"tool_use\",\"id\":\"c" + i + "\",\"name\":\"f\",\"input\":{}}")))),
				of("ollama", OLLAMA, many((
						i) -> "{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{}}}]},\"done\":false}\n")
						+ "{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\"}\n"));
	}

	@ParameterizedTest
	@MethodSource("calls")
	void manyToolCallsAreAnErrorSoon(WireFormat format, String body) {
		LlmException failure = catchThrowableOfType(LlmException.class, () -> Exchange.streamed(format, body));
		assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
	}

}
