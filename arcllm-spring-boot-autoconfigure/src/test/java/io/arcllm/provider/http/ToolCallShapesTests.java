package io.arcllm.provider.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.StopReason.Type;
import io.arcllm.ToolCall;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the shapes in which vendors and proxies send the arguments of tool calls, in
 * all formats. Each stream is read at every split, and its deltas are what the whole
 * answer says.
 */
class ToolCallShapesTests {

	private static final WireFormat ANTHROPIC = new AnthropicFormat("acme");

	private static final WireFormat OPENAI = new OpenAiFormat("acme");

	private static final WireFormat OLLAMA = new OllamaFormat("acme");

	private static final String QUERY = "{\"q\":\"x\"}";

	private static LlmResponse read(WireFormat format, String body) {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		StreamedAnswer whole = StreamedAnswer.read(format, bytes);
		assertThat(whole.failure()).isNull();
		for (int at = 1; at < bytes.length; at++) {
			assertThat(StreamedAnswer.read(format, bytes, at).events()).isEqualTo(whole.events());
		}
		LlmResponse answer = whole.last().answer();
		for (int i = 0; i < answer.toolCalls().size(); i++) {
			assertThat(deltas(whole, i)).isEqualTo(answer.toolCalls().get(i).rawArguments());
		}
		return answer;
	}

	private static String deltas(StreamedAnswer answer, int call) {
		return answer.events()
			.stream()
			.filter((event) -> event instanceof LlmEvent.ToolCallDelta delta && delta.index() == call)
			.map((event) -> ((LlmEvent.ToolCallDelta) event).argumentsFragment())
			.collect(Collectors.joining());
	}

	private static String quoted(String text) {
		return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
	}

	private static String chunk(String... pieces) {
		return "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[" + String.join(",", pieces)
				+ "]},\"finish_reason\":null}]}\n\n";
	}

	private static String finish(String word) {
		return "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + word
				+ "\"}]}\n\ndata: [DONE]\n\n";
	}

	/** A piece that names its call. */
	private static String named(String id, String arguments) {
		return "{\"index\":0,\"id\":" + id + ",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":"
				+ quoted(arguments) + "}}";
	}

	private static String more(String arguments) {
		return "{\"index\":0,\"function\":{\"arguments\":" + quoted(arguments) + "}}";
	}

	private static String block(int index, String id, String input) {
		return "data: {\"type\":\"content_block_start\",\"index\":" + index
				+ ",\"content_block\":{\"type\":\"tool_use\",\"id\":\"" + id + "\",\"name\":\"f\",\"input\":" + input
				+ "}}\n\n";
	}

	private static String json(int index, String piece) {
		return "data: {\"type\":\"content_block_delta\",\"index\":" + index
				+ ",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":" + quoted(piece) + "}}\n\n";
	}

	private static String stop(int index) {
		return "data: {\"type\":\"content_block_stop\",\"index\":" + index + "}\n\n";
	}

	private static String end(String word) {
		return "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" + word
				+ "\"}}\n\ndata: {\"type\":\"message_stop\"}\n\n";
	}

	static Stream<Arguments> realOnesAfterStandIns() {
		return Stream.of("{}", "", "null", "{ }", " ", "\n", "{}{}")
			.flatMap((first) -> Stream.of(
					Arguments.of(OPENAI,
							chunk(named("\"a\"", first)) + chunk(more("{\"q\":")) + chunk(more("\"x\"}"))
									+ finish("tool_calls")),
					Arguments.of(OPENAI,
							chunk(named("\"a\"", first)) + chunk(named("\"a\"", "{\"q\":"))
									+ chunk(named("\"a\"", "\"x\"}")) + finish("stop")),
					Arguments.of(OPENAI, chunk(named("null", first)) + chunk(more(QUERY)) + finish("tool_calls")),
					Arguments.of(OPENAI,
							chunk(named("\"a\"", first)) + chunk(more("{\"q\":\"x\"")) + chunk(more("}"))
									+ chunk(more(first)) + chunk(named("\"a\"", QUERY)) + finish("tool_calls")),
					Arguments.of(ANTHROPIC,
							block(0, "a", "{}") + json(0, first) + json(0, "{\"q\":") + json(0, "\"x\"}") + stop(0)
									+ end("tool_use")),
					Arguments.of(ANTHROPIC, block(0, "a", QUERY) + json(0, first) + stop(0) + end("end_turn"))));
	}

	@ParameterizedTest
	@MethodSource("realOnesAfterStandIns")
	void argumentsThatStandForNothingGiveWayToTheRealOnes(WireFormat format, String body) {
		assertThat(read(format, body).toolCalls()).singleElement().satisfies((call) -> {
			assertThat(call.rawArguments().strip()).isEqualTo(QUERY);
			assertThat(call.arguments()).isEqualTo(Map.of("q", "x"));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "", "null", "{ }" })
	void toolWithoutParametersIsCalledWithNone(String none) {
		for (LlmResponse answer : List.of(read(OPENAI, chunk(named("\"a\"", none)) + finish("tool_calls")),
				read(OPENAI, chunk(named("\"a\"", none)) + chunk(more("{}")) + "data: [DONE]\n\n"),
				read(ANTHROPIC, block(0, "a", "{}") + json(0, none) + stop(0) + end("tool_use")))) {
			assertThat(answer.stopReason().type()).isEqualTo(Type.TOOL_USE);
			assertThat(answer.toolCalls()).singleElement().extracting(ToolCall::arguments).isEqualTo(Map.of());
		}
	}

	@Test
	void parallelCallsEachBeginWithAnEmptyObject() {
		String second = "{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}";
		String body = chunk(named("\"a\"", "{}"), second)
				+ chunk(more("{\"q\":1}"), "{\"index\":1,\"function\":{\"arguments\":\"{\\\"q\\\":2}\"}}")
				+ finish("tool_calls");
		assertThat(read(OPENAI, body).toolCalls()).extracting(ToolCall::arguments)
			.containsExactly(Map.of("q", 1), Map.of("q", 2));
		assertThat(read(OPENAI, chunk(named("\"a\"", "{}"), second) + finish("tool_calls")).toolCalls()).hasSize(2)
			.extracting(ToolCall::arguments)
			.containsOnly(Map.of());
	}

	@Test
	void argumentsThatAreSaidAgainInPiecesAddNothing() {
		assertThat(read(OPENAI,
				chunk(named("\"a\"", QUERY)) + chunk(more("{\"q\":")) + chunk(more("\"x\"}")) + chunk(more(QUERY))
						+ finish("tool_calls"))
			.toolCalls()).singleElement().extracting(ToolCall::rawArguments).isEqualTo(QUERY);
		assertThat(read(ANTHROPIC, block(0, "a", "{}") + json(0, QUERY) + json(0, QUERY) + stop(0) + end("tool_use"))
			.toolCalls()).singleElement().extracting(ToolCall::rawArguments).isEqualTo(QUERY);
	}

	@Test
	void otherArgumentsAfterWholeOnesAreKeptAsTheyCame() {
		ToolCall call = read(OPENAI, chunk(named("\"a\"", QUERY)) + chunk(more("{\"q\":1}")) + finish("tool_calls"))
			.toolCalls()
			.get(0);
		assertThat(call.rawArguments()).isEqualTo(QUERY + "{\"q\":1}");
		assertThat(call.parsedArguments()).isNull();
	}

	@Test
	void callThatIsSaidAgainUnderItsIdIsOneInAllFormats() {
		String line = "{\"message\":{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":" + QUERY
				+ "}}]}%s}\n";
		for (LlmResponse answer : List.of(
				read(ANTHROPIC,
						block(0, "a", QUERY) + stop(0) + block(1, "a", "{}") + json(1, "{ \"q\": \"x\" }") + stop(1)
								+ end("tool_use")),
				read(OLLAMA, line.formatted("") + line.formatted(",\"done\":true")),
				Exchange.whole(ANTHROPIC, "{\"content\":[%1$s,%1$s],\"stop_reason\":\"tool_use\"}"
					.formatted("{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"f\",\"input\":" + QUERY + "}")))) {
			assertThat(answer.toolCalls()).singleElement().extracting(ToolCall::id).isEqualTo("a");
		}
	}

	@Test
	void differentCallsOfOneIdGetIdsOfTheirOwnInAllFormats() {
		String line = "{\"message\":{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":%s}}]}%s}\n";
		for (LlmResponse answer : List.of(
				read(ANTHROPIC,
						block(0, "a", "{\"q\":1}") + stop(0) + block(1, "a", "{}") + json(1, "{\"q\":2}") + stop(1)
								+ end("tool_use")),
				read(OLLAMA, line.formatted("{\"q\":1}", "") + line.formatted("{\"q\":2}", ",\"done\":true")))) {
			assertThat(answer.toolCalls()).extracting(ToolCall::arguments)
				.containsExactly(Map.of("q", 1), Map.of("q", 2));
			assertThat(answer.toolCalls()).extracting(ToolCall::id).doesNotHaveDuplicates();
		}
	}

	@Test
	void blockThatTheEndOfTheMessageEndsIsWhole() {
		assertThat(read(ANTHROPIC, block(0, "a", QUERY) + block(1, "b", QUERY) + end("tool_use")).toolCalls())
			.extracting(ToolCall::arguments)
			.containsExactly(Map.of("q", "x"), Map.of("q", "x"));
		String thought = "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\","
				+ "\"thinking\":\"hm\",\"signature\":\"s\"}}\n\n";
		assertThat(read(ANTHROPIC, thought + end("end_turn")).thinking()).singleElement()
			.satisfies((block) -> assertThat(block.signature()).isEqualTo("s"));
	}

	@Test
	void inputThatIsWrittenAsATextIsRead() {
		String text = quoted(QUERY);
		assertThat(read(ANTHROPIC, block(0, "a", text) + stop(0) + end("tool_use")).toolCalls().get(0).arguments())
			.isEqualTo(Map.of("q", "x"));
		assertThat(Exchange
			.whole(ANTHROPIC,
					"{\"content\":[{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"f\",\"input\":" + text
							+ "}],\"stop_reason\":\"tool_use\"}")
			.toolCalls()
			.get(0)
			.arguments()).isEqualTo(Map.of("q", "x"));
	}

	@Test
	void callThatWasCutOffBeforeItsArgumentsIsNoWishForATool() {
		assertThat(read(OPENAI, chunk(named("\"a\"", "")) + finish("length")).stopReason().type())
			.isEqualTo(Type.MAX_TOKENS);
		assertThat(read(OPENAI, chunk(named("\"a\"", "{}")) + finish("length")).stopReason().type())
			.isEqualTo(Type.TOOL_USE);
	}

}
