package io.arcllm.provider.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests of what comes with a status of 200 beside an answer or in its place, in all
 * formats, whole and streamed.
 */
class InsteadOfAnswersTests {

	private static final List<WireFormat> FORMATS = List.of(new OpenAiFormat("acme"), new AnthropicFormat("acme"),
			new OllamaFormat("acme"));

	private static String framed(WireFormat format, String json) {
		return (format.framing() == WireFormat.Framing.SSE) ? "data: " + json + "\n\n" : json + "\n";
	}

	private static LlmException streamed(WireFormat format, String body) {
		return StreamedAnswer.read(format, body.getBytes(StandardCharsets.UTF_8)).failure();
	}

	static Stream<Arguments> errors() {
		return Stream.of(
				Arguments.of(
						"{\"id\":\"\",\"choices\":null,\"base_resp\":{\"status_code\":1008,\"status_msg\":\"no\"}}",
						ErrorKind.QUOTA_EXHAUSTED),
				Arguments.of("{\"base_resp\":{\"status_msg\":\"no\",\"status_code\":\"1002\"},\"choices\":[]}",
						ErrorKind.RATE_LIMITED),
				Arguments.of("{\"base_resp\":{\"status_code\":2049,\"status_msg\":\"no\"}}", ErrorKind.AUTHENTICATION),
				Arguments.of("{\"message\":\"You exceeded your current quota, please check your plan and billing"
						+ " details.\"}", ErrorKind.QUOTA_EXHAUSTED),
				Arguments.of("{\"detail\":\"no: out of extra usage\"}", ErrorKind.QUOTA_EXHAUSTED),
				Arguments.of("{\"success\":false,\"errors\":[{\"code\":7003,\"message\":\"insufficient balance\"}]}",
						ErrorKind.QUOTA_EXHAUSTED),
				Arguments.of("{\"object\":\"error\",\"message\":\"no\",\"type\":\"invalid_request_error\"}",
						ErrorKind.INVALID_REQUEST),
				Arguments.of("{\"error\":\"insufficient_quota\"}", ErrorKind.QUOTA_EXHAUSTED),
				Arguments.of("{\"error\":\"insufficient balance (1008)\"}", ErrorKind.QUOTA_EXHAUSTED));
	}

	@ParameterizedTest
	@MethodSource("errors")
	void vendorsOwnWordsInThePlaceOfAnAnswerAreItsError(String body, ErrorKind kind) {
		for (WireFormat format : FORMATS) {
			LlmException whole = catchThrowableOfType(LlmException.class, () -> Exchange.whole(format, body));
			assertThat(whole.kind()).as(format.toString()).isEqualTo(kind);
			assertThat(streamed(format, framed(format, body)).kind()).as(format.toString()).isEqualTo(kind);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "\"0\"", "null" })
	void codeForSuccessIsNoError(String code) {
		String base = "\"base_resp\":{\"status_code\":" + code + ",\"status_msg\":\"\"}";
		assertThat(Exchange
			.whole(FORMATS.get(0),
					"{" + base + ",\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}")
			.text()).isEqualTo("a");
		assertThat(
				Exchange
					.whole(FORMATS.get(1),
							"{\"content\":[{\"type\":\"text\",\"text\":\"a\"}],\"stop_reason\":\"end_turn\"," + base
									+ "}")
					.text())
			.isEqualTo("a");
	}

	@ParameterizedTest
	@ValueSource(strings = { "data: null\n\n", "data: \"\"\n\n", "data:   \n\n", "data: {  }\n\n", "data: ping\n\n",
			"data: keepalive\n\n", "data: Keep-Alive\n\n", "data: heartbeat\n\n", "data: :\ndata: :\n\n",
			"event: keep-alive\ndata: 12\n\n", "id: 7\ndata: : keepalive\n\n", "event: message\ndata:: x\n\n" })
	void signOfLifeThatComesAsDataIsPassedOver(String sign) {
		for (String lines : List.of(sign, sign.replace("\n", "\r\n"))) {
			String openai = lines
					+ framed(FORMATS.get(0), "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}") + lines
					+ framed(FORMATS.get(0), "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}")
					+ lines;
			String anthropic = lines + framed(FORMATS.get(1),
					"{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"a\"}}")
					+ lines
					+ framed(FORMATS.get(1), "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}")
					+ lines + framed(FORMATS.get(1), "{\"type\":\"message_stop\"}");
			assertThat(text(FORMATS.get(0), openai)).isEqualTo("a");
			assertThat(text(FORMATS.get(1), anthropic)).isEqualTo("a");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "null\n", "{ }\n", "\"\"\n", "ping\n", "  : keepalive\r\n" })
	void lineThatIsASignOfLifeIsPassedOver(String sign) {
		assertThat(text(FORMATS.get(2),
				sign + "{\"message\":{\"content\":\"a\"}}\n" + sign + "{\"message\":{},\"done\":true}\n" + sign))
			.isEqualTo("a");
	}

	private static String text(WireFormat format, String body) {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		StreamedAnswer whole = StreamedAnswer.read(format, bytes);
		assertThat(whole.failure()).isNull();
		for (int at = 1; at < bytes.length; at++) {
			assertThat(StreamedAnswer.read(format, bytes, at).events()).isEqualTo(whole.events());
		}
		return whole.last().answer().text();
	}

	@ParameterizedTest
	@ValueSource(strings = { ": PROCESSING\n\n", "data: : keepalive\r\n\r\n", "\n\n: a\n: b\n", " : x\r" })
	void signsOfLifeBeforeAWholeAnswerArePassedOver(String sign) {
		String answer = "{\"choices\":[{\"message\":{\"content\":\"a : b\"},\"finish_reason\":\"stop\"}]}";
		List<LlmEvent> events = new ArrayList<>();
		WholeBody body = WholeBody.answer(new SizeLimit(10_000, Exchange.TARGET), -1, false,
				FORMATS.get(0).decoder(Exchange.context())::whole);
		for (byte next : (sign.repeat(3) + answer).getBytes(StandardCharsets.UTF_8)) {
			body.read(DefaultDataBufferFactory.sharedInstance.wrap(new byte[] { next }), events::add);
		}
		body.end(events::add);
		assertThat(events).singleElement().satisfies((event) -> assertThat(event.answer().text()).isEqualTo("a : b"));
	}

	@ParameterizedTest
	@CsvSource({ "\"123\",\"0\",123", "123,null,123", "123.0,0,123", "\"7\",\"9\",9", "x,1,1" })
	void countsAreReadHoweverTheyAreWritten(String first, String later, int input) {
		String one = first.equals("x") ? "\"x\"" : first;
		String openai = framed(FORMATS.get(0), "{\"choices\":[],\"usage\":{\"prompt_tokens\":" + one + "}}")
				+ framed(FORMATS.get(0),
						"{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}")
				+ framed(FORMATS.get(0), "{\"choices\":[],\"usage\":{\"prompt_tokens\":" + later + "}}");
		String anthropic = framed(FORMATS.get(1),
				"{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}],"
						+ "\"usage\":{\"input_tokens\":" + one + "}}}")
				+ framed(FORMATS.get(1),
						"{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":"
								+ "{\"input_tokens\":" + later + "}}")
				+ framed(FORMATS.get(1), "{\"type\":\"message_stop\"}");
		String ollama = "{\"message\":{\"content\":\"a\"},\"prompt_eval_count\":" + one
				+ "}\n{\"message\":{},\"done\":true,\"prompt_eval_count\":" + later + "}\n";
		for (int i = 0; i < 3; i++) {
			LlmResponse answer = StreamedAnswer
				.read(FORMATS.get(i), List.of(openai, anthropic, ollama).get(i).getBytes(StandardCharsets.UTF_8))
				.last()
				.answer();
			assertThat(answer.usage().inputTokens()).isEqualTo(input);
		}
	}

}
