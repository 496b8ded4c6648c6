package io.arcllm.provider.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.StopReason.Type;
import io.arcllm.ToolCall;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests of answers that users of vendors reported to be read wrong elsewhere, whole and
 * streamed, in all formats.
 */
class ReportedAnswersTests {

	private static final WireFormat ANTHROPIC = new AnthropicFormat("acme");

	private static final WireFormat OPENAI = new OpenAiFormat("acme");

	private static final WireFormat OLLAMA = new OllamaFormat("acme");

	private static String read(String file) {
		try (InputStream in = ReportedAnswersTests.class.getResourceAsStream("/wire-cases/" + file)) {
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static StreamedAnswer stream(WireFormat format, String body) {
		return StreamedAnswer.read(format, body.getBytes(StandardCharsets.UTF_8));
	}

	private static LlmResponse streamed(WireFormat format, String body) {
		List<LlmEvent> events = stream(format, body).events();
		return events.get(events.size() - 1).answer();
	}

	private static LlmResponse blocks(String blocks, String stop) {
		return Exchange.whole(ANTHROPIC,
				"{\"type\":\"message\",\"content\":" + blocks + ",\"stop_reason\":\"" + stop + "\"}");
	}

	private static String chunk(String delta, String finish) {
		String reason = (finish == null) ? "null" : "\"" + finish + "\"";
		return "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":" + reason
				+ "}]}\n\n";
	}

	private static LlmException failureOf(Runnable call) {
		return catchThrowableOfType(LlmException.class, call::run);
	}

	@Test
	void blocksGoBackInTheOrderInWhichTheyCame() {
		for (LlmResponse answer : List.of(streamed(ANTHROPIC, read("05-interleaved-thinking-order/vendor-stream.sse")),
				blocks(read("05-interleaved-thinking-order/vendor-blocks.json"), "tool_use"))) {
			assertThat(answer.toMessage().content()).extracting(ReportedAnswersTests::name)
				.containsExactly("s1", "toolu_1", "s2", "toolu_2");
		}
	}

	private static String name(Content block) {
		return (block instanceof Content.Thinking thinking) ? thinking.signature() : ((ToolCall) block).id();
	}

	@Test
	void thoughtThatIsOnlyASignatureIsKept() {
		for (LlmResponse answer : List.of(streamed(ANTHROPIC, read("06-signature-only-thinking/vendor-stream.sse")),
				blocks(read("06-signature-only-thinking/vendor-blocks.json"), "tool_use"))) {
			assertThat(answer.thinking().get(0).text()).isEmpty();
			assertThat(answer.thinking().get(0).signature()).isEqualTo("s1");
		}
	}

	@Test
	void blocksOfTheVendorsOwnToolsAreKeptAsTheyAre() {
		String use = "{\"type\":\"server_tool_use\",\"id\":\"srv_1\",\"name\":\"web_search\",\"input\":{\"query\":\"x\", \"n\": 1.50}}";
		String result = "{\"type\":\"web_search_tool_result\",\"tool_use_id\":\"srv_1\",\"content\":[{\"url\":\"u\",\"encrypted_content\":\"e\"}]}";
		LlmResponse whole = blocks("[{\"type\":\"text\",\"text\":\"a\"}," + use + "," + result
				+ ",{\"type\":\"text\",\"text\":\"b\"},{\"type\":\"text\",\"text\":\"c\"}]", "end_turn");

		assertThat(whole.content()).containsExactly(new Content.Text("a"), new Content.Opaque(use, "vendor"),
				new Content.Opaque(result, "vendor"), new Content.Text("b"), new Content.Text("c"));
		assertThat(whole.text()).isEqualTo("abc");
	}

	@Test
	void streamedBlocksOfTheVendorsOwnToolsArePutTogether() {
		String body = start(0, "{\"type\":\"server_tool_use\",\"id\":\"srv_1\",\"name\":\"web_search\",\"input\":{}}")
				+ delta(0, "{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"query\\\":\"}")
				+ delta(0, "{\"type\":\"input_json_delta\",\"partial_json\":\"\\\"x\\\"}\"}") + stop(0)
				+ start(1, "{\"type\":\"compaction\",\"content\":\"\"}")
				+ delta(1, "{\"type\":\"compaction_delta\",\"content\":\"so \"}")
				+ delta(1, "{\"type\":\"compaction_delta\",\"content\":\"far\"}") + stop(1)
				+ start(2, "{\"type\":\"text\",\"text\":\"\"}") + delta(2, "{\"type\":\"text_delta\",\"text\":\"b\"}")
				+ stop(2) + "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n"
				+ "data: {\"type\":\"message_stop\"}\n\n";

		assertThat(streamed(ANTHROPIC, body).content()).containsExactly(new Content.Opaque(
				"{\"type\":\"server_tool_use\",\"id\":\"srv_1\",\"name\":\"web_search\",\"input\":{\"query\":\"x\"}}",
				"acme"), new Content.Opaque("{\"type\":\"compaction\",\"content\":\"so far\"}", "acme"),
				new Content.Text("b"));
	}

	private static String start(int index, String block) {
		return "data: {\"type\":\"content_block_start\",\"index\":" + index + ",\"content_block\":" + block + "}\n\n";
	}

	private static String delta(int index, String delta) {
		return "data: {\"type\":\"content_block_delta\",\"index\":" + index + ",\"delta\":" + delta + "}\n\n";
	}

	private static String stop(int index) {
		return "data: {\"type\":\"content_block_stop\",\"index\":" + index + "}\n\n";
	}

	@Test
	void detailsOfReasoningAreKeptAsTheyAre() {
		String details = "[{\"type\": \"reasoning.text\", \"text\": \"hm\", \"format\": \"google-gemini-v1\", \"index\": 0},"
				+ "{\"type\": \"reasoning.encrypted\", \"data\": \"c2lnbmF0dXJl\", \"id\": \"tool_get_weather_1\", \"format\": \"google-gemini-v1\", \"index\": 0}]";
		for (LlmResponse answer : List.of(streamed(OPENAI, read("07-openrouter-reasoning-details/vendor-stream.sse")),
				Exchange.whole(OPENAI, read("07-openrouter-reasoning-details/vendor-whole.json")))) {
			List<Content.Opaque> opaque = answer.content()
				.stream()
				.filter(Content.Opaque.class::isInstance)
				.map(Content.Opaque.class::cast)
				.toList();
			assertThat(opaque).singleElement()
				.extracting((block) -> block.json().replaceAll("\\s", ""))
				.isEqualTo(("{\"reasoning_details\":" + details + "}").replaceAll("\\s", ""));
			assertThat(answer.thinking()).extracting(Content.Thinking::text).containsExactly("hm");
			assertThat(answer.stopReason().type()).isEqualTo(Type.TOOL_USE);
		}
	}

	@Test
	void detailsStandWhereTheyCame() {
		String details = "\"reasoning\":\"%1$s\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"%1$s\",\"index\":%2$d}]";
		String call = "\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]";
		String body = chunk("{\"content\":\"a\"}", null) + chunk("{" + details.formatted("t1", 0) + "}", null)
				+ chunk("{\"content\":\"b\"}", null) + chunk("{" + details.formatted("t2", 1) + "}", null)
				+ chunk("{" + call + "}", "tool_calls");
		assertThat(streamed(OPENAI, body).content()).extracting(Content::type)
			.containsExactly("text", "opaque", "thinking", "text", "thinking", "tool_use");
		assertThat(Exchange
			.whole(OPENAI,
					"{\"choices\":[{\"message\":{\"content\":\"x\"," + details.formatted("t", 0) + "," + call
							+ "},\"finish_reason\":\"tool_calls\"}]}")
			.content()).extracting(Content::type).containsExactly("opaque", "thinking", "text", "tool_use");
	}

	@Test
	void piecesOfOneDetailAreJoined() {
		String piece = "{\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"%s\",\"index\":0%s}]}";
		String body = chunk(piece.formatted("a", ""), null) + chunk(piece.formatted("b", ",\"signature\":\"s\""), null)
				+ chunk("{\"content\":\"x\",\"extra_content\":{\"google\":{\"thought_signature\":\"g\"}}}", "stop");

		LlmResponse answer = streamed(OPENAI, body);

		assertThat(answer.content()).contains(new Content.Opaque(
				"{\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"ab\",\"index\":0,\"signature\":\"s\"}],"
						+ "\"extra_content\":{\"google\":{\"thought_signature\":\"g\"}}}",
				"acme"));
		assertThat(answer.thinking().get(0).text()).isEqualTo("ab");
	}

	@Test
	void keepAliveThatComesAsDataIsPassedOver() {
		assertThat(streamed(OPENAI, read("16-keep-alive-as-data/vendor-stream.sse")).text()).isEqualTo("Hello");
		assertThat(streamed(OPENAI, "data: : keepalive\n\n" + chunk("{\"content\":\"a\"}", "stop")).text())
			.isEqualTo("a");
		assertThat(streamed(ANTHROPIC, "data:: ping\n\n"
				+ read("23-usage-zero-at-the-end/vendor-stream.sse").replaceFirst("\n\n", "\n\ndata: : keepalive\n\n"))
			.text()).isEqualTo("hello");
		assertThat(
				streamed(OLLAMA, ": keepalive\n{\"message\":{\"content\":\"a\"}}\n:\n{\"message\":{},\"done\":true}\n")
					.text())
			.isEqualTo("a");
	}

	@ParameterizedTest
	@ValueSource(strings = { "data:\n\n", "data: {}\n\n", "data: : keepalive\n\n", ": ping\n\n", "event: ping\n\n",
			"event: ping\ndata: {}\n\n", "event: ping\ndata: {\"type\": \"ping\"}\n\n",
			"event: keepalive\ndata: alive\n\n", "retry: 1000\n\n" })
	void signOfLifeIsNoPartOfAnAnswer(String sign) {
		String openai = sign + chunk("{\"content\":\"a\"}", null) + sign + chunk("{}", "stop") + sign
				+ "data: [DONE]\n\n" + sign;
		assertThat(streamed(OPENAI, openai).text()).isEqualTo("a");
		String anthropic = sign + "data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"content\":[]}}\n\n"
				+ sign + start(0, "{\"type\":\"text\",\"text\":\"a\"}") + sign + stop(0)
				+ "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n"
				+ "data: {\"type\":\"message_stop\"}\n\n" + sign;
		assertThat(streamed(ANTHROPIC, anthropic).text()).isEqualTo("a");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\n", "\r\n", " \n", "{}\n", ": ping\n", "data: : keepalive\n" })
	void signOfLifeBetweenLinesIsNoPartOfAnAnswer(String sign) {
		assertThat(streamed(OLLAMA,
				sign + "{\"message\":{\"content\":\"a\"}}\n" + sign + "{\"message\":{},\"done\":true}\n" + sign)
			.text()).isEqualTo("a");
	}

	@Test
	void keepAliveBeforeTheDataOfAnEventHidesNothing() {
		assertThat(streamed(OPENAI, "data: : keepalive\n" + chunk("{\"content\":\"a\"}", "stop")).text())
			.isEqualTo("a");
		assertThat(stream(ANTHROPIC, "event: error\ndata: {}\n\n").failure()).isNotNull();
	}

	static Stream<String> broken() {
		return Stream.of("abort", "error", "cancelled", "timeout", "malformed_function_call", "MALFORMED_FUNCTION_CALL",
				"malformed_tool_use", "USER_CANCEL", "interrupted");
	}

	@ParameterizedTest
	@MethodSource("broken")
	void answerThatWasGivenUpIsNone(String word) {
		LlmException streamed = stream(OPENAI,
				chunk("{\"content\":\"half\"}", null) + chunk("{}", word) + "data: [DONE]\n\n")
			.failure();
		assertThat(streamed.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(streamed.partial().text()).isEqualTo("half");
		assertThat(failureOf(() -> Exchange.whole(OPENAI,
				"{\"choices\":[{\"message\":{\"content\":\"half\"},\"finish_reason\":\"" + word + "\"}]}"))
			.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(failureOf(() -> blocks("[{\"type\":\"text\",\"text\":\"half\"}]", word)).kind())
			.isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(failureOf(() -> Exchange.whole(OLLAMA,
				"{\"message\":{\"content\":\"half\"},\"done\":true,\"done_reason\":\"" + word + "\"}"))
			.kind()).isEqualTo(ErrorKind.INTERRUPTED);
	}

	@Test
	void answerThatAnEngineGaveUpIsNone() {
		assertThat(stream(OPENAI, read("17-finish-reason-abort/vendor-stream.sse")).failure().partial().text())
			.isEqualTo("The answer is half of");
		assertThat(failureOf(() -> Exchange.whole(OPENAI, read("17-finish-reason-abort/vendor-whole.json"))).kind())
			.isEqualTo(ErrorKind.INTERRUPTED);
	}

	@ParameterizedTest
	@CsvSource({ "stop,END_TURN", "STOP,END_TURN", "end_turn,END_TURN", "length,MAX_TOKENS", "MAX_TOKENS,MAX_TOKENS",
			"max_tokens,MAX_TOKENS", "model_context_window_exceeded,MAX_TOKENS", "content_filter,CONTENT_FILTER",
			"content_filter_error,CONTENT_FILTER", "SAFETY,CONTENT_FILTER", "sensitive,CONTENT_FILTER",
			"RECITATION,CONTENT_FILTER", "content-filter,CONTENT_FILTER", "IMAGE_PROHIBITED_CONTENT,CONTENT_FILTER",
			"COMPLETE,END_TURN", "tool-call-less,OTHER", "brand_new,OTHER", "refusal,REFUSAL", "pause_turn,PAUSE" })
	void reasonMeansTheSameInAllFormats(String word, Type type) {
		List<LlmResponse> answers = List.of(
				Exchange.whole(OPENAI,
						"{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"" + word + "\"}]}"),
				streamed(OPENAI, chunk("{\"content\":\"x\"}", null) + chunk("{}", word)),
				blocks("[{\"type\":\"text\",\"text\":\"x\"}]", word), Exchange.whole(OLLAMA,
						"{\"message\":{\"content\":\"x\"},\"done\":true,\"done_reason\":\"" + word + "\"}"));

		assertThat(answers).allSatisfy((answer) -> {
			assertThat(answer.stopReason().type()).isEqualTo(type);
			assertThat(answer.stopReason().raw()).isEqualTo(word);
		});
	}

	@Test
	void windowThatIsFullIsTheLimitOfTokens() {
		assertThat(streamed(OPENAI, read("18-finish-reason-context-window/vendor-stream.sse")).stopReason().type())
			.isEqualTo(Type.MAX_TOKENS);
		assertThat(
				Exchange.whole(OPENAI, read("18-finish-reason-context-window/vendor-whole.json")).stopReason().type())
			.isEqualTo(Type.MAX_TOKENS);
	}

	@ParameterizedTest
	@ValueSource(strings = { "stop", "end_turn", "tool_calls", "eos", "length", "brand_new" })
	void toolCallsMakeTheReasonWhateverTheWord(String word) {
		String call = "{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}";
		List<LlmResponse> answers = List.of(
				Exchange.whole(OPENAI,
						"{\"choices\":[{\"message\":{\"tool_calls\":[" + call + "]},\"finish_reason\":\"" + word
								+ "\"}]}"),
				streamed(OPENAI, chunk("{\"tool_calls\":[" + call + "]}", null) + chunk("{}", word)),
				blocks("[{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"f\",\"input\":{}}]", word),
				Exchange.whole(OLLAMA,
						"{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{}}}]},"
								+ "\"done\":true,\"done_reason\":\"" + word + "\"}"));

		assertThat(answers).extracting((answer) -> answer.stopReason().type()).containsOnly(Type.TOOL_USE);
	}

	@Test
	void endOfATurnWithToolCallsIsTheWishForThem() {
		assertThat(streamed(ANTHROPIC, read("27-end-turn-with-tool-use/vendor-stream.sse")).stopReason().type())
			.isEqualTo(Type.TOOL_USE);
		assertThat(blocks(read("27-end-turn-with-tool-use/vendor-blocks.json"), "end_turn").stopReason().type())
			.isEqualTo(Type.TOOL_USE);
	}

	@Test
	void callThatWasCutOffIsNoWishForATool() {
		String half = "{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},"
				+ "{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"ci\"}}]}";

		assertThat(streamed(OPENAI, chunk(half, null) + chunk("{}", "length")).stopReason().type())
			.isEqualTo(Type.MAX_TOKENS);
		assertThat(stream(OPENAI, chunk(half, null) + chunk("{}", "abort")).failure().kind())
			.isEqualTo(ErrorKind.INTERRUPTED);
	}

	@Test
	void wishForAToolWithoutContentIsNoAnswer() {
		assertThat(stream(ANTHROPIC, read("28-tool-use-without-content/vendor-stream.sse")).failure().kind())
			.isEqualTo(ErrorKind.PROTOCOL);
		assertThat(stream(OPENAI, read("28-tool-use-without-content/vendor-stream-openai.sse")).failure().kind())
			.isEqualTo(ErrorKind.PROTOCOL);
		assertThat(failureOf(() -> blocks("[]", "tool_use")).kind()).isEqualTo(ErrorKind.PROTOCOL);
		assertThat(failureOf(() -> Exchange.whole(OPENAI,
				"{\"choices\":[{\"message\":{\"content\":null},\"finish_reason\":\"tool_calls\"}]}"))
			.kind()).isEqualTo(ErrorKind.PROTOCOL);
	}

	@Test
	void callsOfOneIndexAndNoIdAreSeveral() {
		LlmResponse answer = streamed(OPENAI, read("19-parallel-calls-same-index-no-id/vendor-stream.sse"));
		assertThat(answer.toolCalls()).extracting(ToolCall::parsedArguments)
			.containsExactly(Map.of("city", "Oslo"), Map.of("city", "Rome"));
		assertThat(answer.toolCalls()).extracting(ToolCall::id).doesNotHaveDuplicates();
		assertThat(streamed(OPENAI, read("19-parallel-calls-same-index-no-id/vendor-stream-counterexample.sse"))
			.toolCalls()).singleElement().extracting(ToolCall::parsedArguments).isEqualTo(Map.of("city", "Oslo"));
	}

	@Test
	void knownIdIsTheSameCallWhateverItsIndex() {
		assertThat(streamed(OPENAI, read("20-same-id-at-another-index/vendor-stream.sse")).toolCalls()).singleElement()
			.extracting(ToolCall::parsedArguments)
			.isEqualTo(Map.of("cmd", "ls"));
		String pieces = chunk(piece(0, "X", "f", "{\\\"a\\\":"), null) + chunk(piece(1, "X", "f", "1"), null)
				+ chunk("{\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"}\"}}]}", "stop");
		assertThat(streamed(OPENAI, pieces).toolCalls()).singleElement()
			.extracting(ToolCall::parsedArguments)
			.isEqualTo(Map.of("a", 1));
	}

	@Test
	void callThatIsSaidAgainWholeIsOne() {
		assertThat(streamed(OPENAI, read("21-call-said-again-at-the-end/vendor-stream.sse")).toolCalls())
			.singleElement()
			.extracting(ToolCall::rawArguments)
			.isEqualTo("{\"q\":\"x\"}");
		for (String again : List.of(piece(0, "X", "f", "{ \\\"q\\\" : \\\"x\\\" }"),
				piece(0, "", "f", "{\\\"q\\\":\\\"x\\\"}"))) {
			String body = chunk(piece(0, "X", "f", "{\\\"q\\\":"), null)
					+ chunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\"x\\\"}\"}}]}", null)
					+ chunk(again, "stop");
			assertThat(streamed(OPENAI, body).toolCalls()).hasSize(1);
		}
	}

	@Test
	void equalCallsOfAVendorWithoutIdsAreTwo() {
		String body = chunk(piece(0, "", "dice", "{}"), null) + chunk(piece(0, "", "dice", "{}"), "stop");

		assertThat(streamed(OPENAI, body).toolCalls()).hasSize(2);
	}

	@Test
	void nameAloneAfterAWholeCallIsNoOther() {
		String body = chunk(piece(0, "", "f", "{\\\"a\\\":"), null) + chunk(piece(0, "", "f", "1}"), null)
				+ chunk(piece(0, "", "f", ""), "tool_calls");
		assertThat(streamed(OPENAI, body).toolCalls()).singleElement()
			.extracting(ToolCall::parsedArguments)
			.isEqualTo(Map.of("a", 1));
	}

	@Test
	void callThatIsSaidAgainWithoutItsNameIsOne() {
		String again = "{\"tool_calls\":[{\"index\":0,\"id\":\"%s\",\"function\":{\"arguments\":\"{\\\"a\\\": 1}\"}}]}";
		for (String id : List.of("X", "")) {
			String body = chunk(piece(0, "X", "f", "{\\\"a\\\":1}"), null) + chunk(again.formatted(id), "tool_calls");
			assertThat(streamed(OPENAI, body).toolCalls()).singleElement()
				.extracting(ToolCall::rawArguments)
				.isEqualTo("{\"a\":1}");
		}
	}

	@Test
	void markerAfterAHalfMadeCallIsNoEnd() {
		String half = chunk(piece(0, "X", "f", "{\\\"a\\\":"), null) + "data: [DONE]\n\n";
		assertThat(stream(OPENAI, half).failure().kind()).isEqualTo(ErrorKind.INTERRUPTED);
		String whole = chunk(piece(0, "X", "f", "{\\\"a\\\":1}"), null) + "data: [DONE]\n\n";
		assertThat(streamed(OPENAI, whole).stopReason().type()).isEqualTo(Type.TOOL_USE);
	}

	@Test
	void wordsInThePlaceOfAnAnswerAreTheVendorsError() {
		LlmException failure = failureOf(
				() -> Exchange.whole(OPENAI, "{\"code\":1113,\"message\":\"insufficient balance\",\"data\":null}"));
		assertThat(failure.kind()).isEqualTo(ErrorKind.QUOTA_EXHAUSTED);
		assertThat(failure).hasMessageContaining("insufficient balance");
	}

	@Test
	void differentCallsOfOneIdGetIdsOfTheirOwn() {
		String body = chunk(piece(0, "X", "f", "{\\\"a\\\":1}"), null)
				+ chunk(piece(1, "X", "f", "{\\\"a\\\":2}"), "stop");

		assertThat(streamed(OPENAI, body).toolCalls()).hasSize(2).extracting(ToolCall::id).doesNotHaveDuplicates();
	}

	private static String piece(int index, String id, String name, String arguments) {
		return "{\"tool_calls\":[{\"index\":" + index + ",\"id\":\"" + id
				+ "\",\"type\":\"function\",\"function\":{\"name\":\"" + name + "\",\"arguments\":\"" + arguments
				+ "\"}}]}";
	}

	@Test
	void laterZeroVoidsNoTokens() {
		assertThat(streamed(ANTHROPIC, read("23-usage-zero-at-the-end/vendor-stream.sse")).usage().inputTokens())
			.isEqualTo(123);
		String usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d}}\n\n";
		LlmResponse answer = streamed(OPENAI,
				usage.formatted(7, 3) + chunk("{\"content\":\"x\"}", "stop") + usage.formatted(0, 0));
		assertThat(answer.usage().inputTokens()).isEqualTo(7);
		assertThat(answer.usage().outputTokens()).isEqualTo(3);
	}

	@Test
	void refusalWithoutWordsIsAnAnswer() {
		assertThat(streamed(ANTHROPIC, read("30-empty-refusal/vendor-stream.sse")).stopReason().type())
			.isEqualTo(Type.REFUSAL);
	}

	@Test
	void moreThanAThousandToolCallsAreNoAnswer() {
		String body = IntStream.rangeClosed(0, 1000)
			.mapToObj((i) -> chunk(piece(i, "id" + i, "f", "{}"), null))
			.collect(Collectors.joining());
		assertThat(stream(OPENAI, body).failure()).hasMessageContaining("1000 tool calls");
		String blocks = IntStream.rangeClosed(0, 1000)
			.mapToObj((i) -> "{\"type\":\"tool_use\",\"id\":\"i" + i + "\",\"name\":\"f\",\"input\":{}}")
			.collect(Collectors.joining(",", "[", "]"));
		assertThat(failureOf(() -> blocks(blocks, "tool_use")).kind()).isEqualTo(ErrorKind.PROTOCOL);
	}

}
