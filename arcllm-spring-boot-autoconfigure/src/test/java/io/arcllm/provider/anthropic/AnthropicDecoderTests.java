package io.arcllm.provider.anthropic;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.StopReason;
import io.arcllm.Usage;
import io.arcllm.WholeAndStreamed;
import io.arcllm.provider.http.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class AnthropicDecoderTests {

	private static final String WHOLE = """
			{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","unknown":{"a":[1]},"content":[
			{"type":"thinking","thinking":"hmm ü","signature":"sig=="},{"type":"redacted_thinking","data":"enc"},
			{"type":"server_tool_use","id":"srv","name":"web_search","input":{"q":"x"}},
			{"type":"text","text":"Hello ","citations":null},{"type":"text","text":"😀"},
			{"type":"tool_use","id":"t1","name":"add","input":{"a":1,"b":"\\u00fc😀"}},
			{"type":"tool_use","id":"t2","name":"now","input":{}}],
			"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":5,"cache_read_input_tokens":70,
			"cache_creation_input_tokens":null,"output_tokens":9,"server_tool_use":{"web_search_requests":1}}}""";

	private static final String STREAMED = String.join("", event("message_start", """
			{"type":"message_start","message":{"id":"msg_1","model":"claude-x","content":[],"stop_reason":null,\
			"usage":{"input_tokens":5,"cache_read_input_tokens":70,"output_tokens":1}}}"""),
			start(0, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}"),
			event("ping", "{\"type\": \"ping\"}"), delta(0, "{\"type\":\"thinking_delta\",\"thinking\":\"hmm \"}"),
			delta(0, "{\"type\":\"thinking_delta\",\"thinking\":\"ü\"}"),
			delta(0, "{\"type\":\"signature_delta\",\"signature\":\"sig==\"}"), stop(0),
			start(1, "{\"type\":\"redacted_thinking\",\"data\":\"enc\"}"), stop(1),
			start(2, "{\"type\":\"server_tool_use\",\"id\":\"srv\",\"name\":\"web_search\",\"input\":{}}"),
			delta(2, "{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"q\\\":1}\"}"), stop(2),
			start(3, "{\"type\":\"text\",\"text\":\"\"}"), delta(3, "{\"type\":\"text_delta\",\"text\":\"Hello \"}"),
			delta(3, "{\"type\":\"citations_delta\",\"citation\":{\"x\":1}}"), stop(3),
			event("future", "{\"type\":\"future\"}"), start(4, "{\"type\":\"text\",\"text\":\"😀\"}"), stop(4),
			start(5, "{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"add\",\"input\":{}}"),
			start(6, "{\"type\":\"tool_use\",\"id\":\"t2\",\"name\":\"now\",\"input\":{}}"),
			delta(5, "{\"type\":\"input_json_delta\",\"partial_json\":\"\"}"),
			delta(5, "{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"a\\\":1,\\\"b\\\":\\\"\\\\u0\"}"),
			delta(6, "{\"type\":\"input_json_delta\",\"partial_json\":\"{}\"}"),
			delta(5, "{\"partial_json\":\"0fc😀\\\"}\",\"type\":\"input_json_delta\"}"), stop(5), stop(6),
			event("message_delta", """
					{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}}"""),
			event("message_stop", "{\"type\":\"message_stop\"}"));

	private final AnthropicFormat format = new AnthropicFormat("vendor");

	private static String event(String name, String data) {
		return "event: " + name + "\ndata: " + data + "\n\n";
	}

	private static String start(int index, String block) {
		return event("content_block_start",
				"{\"type\":\"content_block_start\",\"index\":" + index + ",\"content_block\":" + block + "}");
	}

	private static String delta(int index, String delta) {
		return event("content_block_delta",
				"{\"type\":\"content_block_delta\",\"index\":" + index + ",\"delta\":" + delta + "}");
	}

	private static String stop(int index) {
		return event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":" + index + "}");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void everythingInAnAnswerIsRead(boolean streamed) {
		LlmResponse response = streamed ? Exchange.streamed(this.format, STREAMED).response()
				: Exchange.whole(this.format, WHOLE);
		assertThat(response.text()).isEqualTo("Hello 😀");
		assertThat(response.thinking()).containsExactly(new Content.Thinking("hmm ü", "sig==", null, "vendor"),
				new Content.Thinking("", null, "enc", "vendor"));
		assertThat(response.toolCalls()).hasSize(2);
		assertThat(response.toolCalls().get(0).arguments()).isEqualTo(Map.of("a", 1, "b", "ü😀"));
		assertThat(response.toolCalls().get(1).id()).isEqualTo("t2");
		assertThat(response.toolCalls().get(1).arguments()).isEmpty();
		assertThat(response.usage()).isEqualTo(new Usage(75, 9, 70, null, null));
		assertThat(response.stopReason()).isEqualTo(new StopReason(StopReason.Type.TOOL_USE, "tool_use"));
		assertThat(response.target()).hasToString("vendor/claude-x");
		assertThat(response.requestId()).isEqualTo("req-1");
	}

	@Test
	void deltasComeInOrderAndAreNeverEmpty() {
		assertThat(Exchange.streamed(this.format, STREAMED).events()).containsExactly(
				new LlmEvent.ThinkingDelta("hmm "), new LlmEvent.ThinkingDelta("ü"), new LlmEvent.TextDelta("Hello "),
				new LlmEvent.TextDelta("😀"), new LlmEvent.ToolCallDelta(0, "t1", "add", ""),
				new LlmEvent.ToolCallDelta(1, "t2", "now", ""),
				new LlmEvent.ToolCallDelta(0, "", "", "{\"a\":1,\"b\":\"\\u0"),
				new LlmEvent.ToolCallDelta(0, "", "", "0fc😀\"}"), new LlmEvent.ToolCallDelta(1, "", "", "{}"));
	}

	@Test
	void argumentsThatComeWithTheStartOfACallAreKept() {
		String body = start(0, "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"add\",\"input\":{\"a\": 1}}") + stop(0)
				+ event("message_stop", "{\"type\":\"message_stop\"}");
		assertThat(Exchange.streamed(this.format, body).response().toolCalls().get(0).rawArguments())
			.isEqualTo("{\"a\": 1}");
	}

	@ParameterizedTest
	@CsvSource({ "end_turn,END_TURN", "tool_use,TOOL_USE", "max_tokens,MAX_TOKENS", "stop_sequence,STOP_SEQUENCE",
			"refusal,REFUSAL", "pause_turn,PAUSE", "model_context_window_exceeded,MAX_TOKENS", "other_thing,OTHER" })
	void stopReasonsAreTranslatedAndKept(String word, StopReason.Type type) {
		String content = word.equals("tool_use") ? "{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"f\",\"input\":{}}"
				: "";
		assertThat(Exchange.whole(this.format, "{\"content\":[" + content + "],\"stop_reason\":\"" + word + "\"}")
			.stopReason()).isEqualTo(new StopReason(type, word));
	}

	@Test
	void absentUsageIsUnknown() {
		assertThat(Exchange.whole(this.format, "{\"content\":[],\"usage\":null}").usage()).isEqualTo(Usage.UNKNOWN);
	}

	@WholeAndStreamed
	void tokensOfThinkingAreCounted(boolean streaming) {
		String details = "\"output_tokens\":9,\"output_tokens_details\":{\"other\":[1],\"thinking_tokens\":4}";
		LlmResponse response = streaming
				? Exchange.streamed(this.format, STREAMED.replace("\"output_tokens\":9", details)).response()
				: Exchange.whole(this.format, WHOLE.replace("\"output_tokens\":9", details));
		assertThat(response.usage()).isEqualTo(new Usage(75, 9, 70, null, 4));
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "7", "[]", "{}", "{\"thinking_tokens\":null}" })
	void detailsThatSayNothingCountNothing(String details) {
		assertThat(Exchange
			.whole(this.format,
					WHOLE.replace("\"output_tokens\":9",
							"\"output_tokens_details\":" + details + ",\"output_tokens\":9"))
			.usage()).isEqualTo(new Usage(75, 9, 70, null, null));
	}

	@Test
	void anotherMessageInsideAStreamIsAProtocolError() {
		String second = event("message_start",
				"{\"type\":\"message_start\",\"message\":{\"id\":\"msg_2\",\"model\":\"claude-x\",\"content\":[]}}");
		String twice = STREAMED.replace("event: message_delta", second + "event: message_delta");
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> Exchange.streamed(this.format, twice))
			.extracting(LlmException::kind)
			.isEqualTo(ErrorKind.PROTOCOL);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"id\":\"msg_1\",", "" })
	void sameMessageMayBeginTwice(String id) {
		String second = event("message_start",
				"{\"type\":\"message_start\",\"message\":{" + id + "\"model\":\"claude-x\",\"content\":[]}}");
		String twice = STREAMED.replace("event: message_delta", second + "event: message_delta");
		assertThat(Exchange.streamed(this.format, twice)).isEqualTo(Exchange.streamed(this.format, STREAMED));
	}

	@Test
	void onlyMessageStopEndsAStream() {
		String cut = STREAMED.substring(0, STREAMED.indexOf("event: message_stop"));
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> Exchange.streamed(this.format, cut))
			.satisfies((ex) -> {
				assertThat(ex.kind()).isEqualTo(ErrorKind.INTERRUPTED);
				assertThat(ex.partial()).isNotNull();
				assertThat(ex.partial().text()).isEqualTo("Hello 😀");
				assertThat(ex.partial().usage().outputTokens()).isEqualTo(9);
				assertThat(ex.partial().toolCalls()).hasSize(2);
			});
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
					"{\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}" })
	void errorsInsideAnAnswerAreErrors(String error) {
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> Exchange.whole(this.format, error))
			.extracting(LlmException::kind)
			.isEqualTo(ErrorKind.OVERLOADED);
		for (String name : new String[] { "error", "message" }) {
			String body = delta(0, "{\"type\":\"text_delta\",\"text\":\"x\"}") + event(name, error);
			assertThatExceptionOfType(LlmException.class).isThrownBy(() -> Exchange.streamed(this.format, body))
				.extracting(LlmException::kind)
				.isEqualTo(ErrorKind.OVERLOADED);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "not json", "{\"type\":", "[]", "null", "{}", "{} {}",
			"{\"type\":\"content_block_delta\",\"index\":0}", "{\"type\":\"content_block_start\",\"index\":0}",
			"{\"type\":\"content_block_delta\",\"index\":4,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\"}}",
			"{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\",\"name\":\"x\"}}" })
	void malformedAnswersAreProtocolErrors(String data) {
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> Exchange.streamed(this.format, event("x", data)))
			.extracting(LlmException::kind)
			.isEqualTo(ErrorKind.PROTOCOL);
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> Exchange.whole(this.format, data))
			.extracting(LlmException::kind)
			.isEqualTo(ErrorKind.PROTOCOL);
	}

	@Test
	void recordedTextIsReadAsItWas() throws IOException {
		LlmResponse response = Exchange.streamed(this.format, Exchange.recorded("anthropic-com-messages-text-1.sse"))
			.response();
		assertThat(response.text()).isEqualTo("1\n2\n3");
		assertThat(response.usage()).isEqualTo(new Usage(15, 9, 0, 0, null));
		assertThat(response.stopReason().type()).isEqualTo(StopReason.Type.END_TURN);
		assertThat(response.model()).isEqualTo("claude-haiku-4-5-20251001");
	}

	@Test
	void recordedToolCallIsReadAsItWas() throws IOException {
		LlmResponse response = Exchange.streamed(this.format, Exchange.recorded("anthropic-com-messages-tools-1.sse"))
			.response();
		assertThat(response.toolCalls()).singleElement().satisfies((call) -> {
			assertThat(call.id()).isEqualTo("toolu_01N1ZDRmZU72nRmPs2F1BRwr");
			assertThat(call.name()).isEqualTo("best_language_to_learn");
			assertThat(call.arguments()).isEmpty();
		});
		assertThat(response.usage()).isEqualTo(new Usage(815, 41, 0, 0, null));
		assertThat(response.stopReason().type()).isEqualTo(StopReason.Type.TOOL_USE);
	}

	@Test
	void anAnswerCutAfterAnyByteIsNeverComplete() {
		byte[] body = STREAMED.getBytes(StandardCharsets.UTF_8);
		int end = body.length - 2;
		for (int cut = 0; cut < end; cut++) {
			byte[] part = Arrays.copyOf(body, cut);
			assertThatExceptionOfType(LlmException.class).isThrownBy(() -> Exchange.streamed(this.format, part))
				.extracting(LlmException::kind)
				.isIn(ErrorKind.INTERRUPTED, ErrorKind.PROTOCOL);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 7, 64 })
	void theSizeOfThePiecesDoesNotMatter(int piece) {
		byte[] body = STREAMED.getBytes(StandardCharsets.UTF_8);
		assertThat(Exchange.streamed(this.format, body, piece)).isEqualTo(Exchange.streamed(this.format, STREAMED));
	}

}
