package io.arcllm.provider.ollama;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.StopReason;
import io.arcllm.Usage;
import io.arcllm.provider.http.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class OllamaDecoderTests {

	private static final String WHOLE = """
			{"model":"llama3","created_at":"2026-01-02T03:04:05.678Z","message":{"role":"assistant","content":"Hello 😀",\
			"thinking":"hmm","images":null,"tool_calls":[{"function":{"index":0,"name":"add","arguments":{"a":1,"b":"ü😀"}}},\
			{"id":"own","function":{"name":"now","arguments":{}}}]},"done_reason":"stop","done":true,"total_duration":1,\
			"prompt_eval_count":7,"eval_count":9}""";

	private static final String STREAMED = """
			{"model":"llama3","created_at":"2026-01-02T03:04:05.678Z","message":{"role":"assistant","content":"","thinking":"hmm"},"done":false}
			{"model":"llama3","created_at":"2026-01-02T03:04:05.700Z","message":{"role":"assistant","content":"Hello "},"done":false}

			{"model":"llama3","created_at":"2026-01-02T03:04:05.700Z","message":{"content":"😀","tool_calls":null,"x":[{}]},"done":false}
			{"message":{"content":null,"tool_calls":[{"function":{"arguments":{"a":1,"b":"ü😀"},"name":"add"}}]}}
			{"message":{"content":"","tool_calls":[{"id":"own","function":{"name":"now","arguments":{}}}]},"done":false}
			{"model":"llama3","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":7,"eval_count":9}
			""";

	private final OllamaFormat format = new OllamaFormat("vendor");

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void everythingInAnAnswerIsRead(boolean streamed) {
		LlmResponse response = streamed ? Exchange.streamed(this.format, STREAMED).response()
				: Exchange.whole(this.format, WHOLE);
		assertThat(response.text()).isEqualTo("Hello 😀");
		assertThat(response.thinking()).singleElement().satisfies((thinking) -> {
			assertThat(thinking.text()).isEqualTo("hmm");
			assertThat(thinking.provider()).isEqualTo("vendor");
		});
		assertThat(response.toolCalls()).hasSize(2);
		assertThat(response.toolCalls().get(0).id()).isEqualTo("call_20260102030405678_0");
		assertThat(response.toolCalls().get(0).arguments()).isEqualTo(Map.of("a", 1, "b", "ü😀"));
		assertThat(response.toolCalls().get(1).id()).isEqualTo("own");
		assertThat(response.toolCalls().get(1).arguments()).isEmpty();
		assertThat(response.usage()).isEqualTo(Usage.of(7, 9));
		assertThat(response.stopReason()).isEqualTo(new StopReason(StopReason.Type.TOOL_USE, "stop"));
		assertThat(response.target()).hasToString("vendor/llama3");
		assertThat(response.requestId()).isEqualTo("req-1");
	}

	@Test
	void deltasComeInOrderAndAreNeverEmpty() {
		assertThat(Exchange.streamed(this.format, STREAMED).events()).containsExactly(new LlmEvent.ThinkingDelta("hmm"),
				new LlmEvent.TextDelta("Hello "), new LlmEvent.TextDelta("😀"),
				new LlmEvent.ToolCallDelta(0, "call_20260102030405678_0", "add", "{\"a\":1,\"b\":\"ü😀\"}"),
				new LlmEvent.ToolCallDelta(1, "own", "now", "{}"));
	}

	@ParameterizedTest
	@CsvSource({ "stop,END_TURN", "length,MAX_TOKENS", "load,OTHER", "unload,OTHER" })
	void stopReasonsAreTranslatedAndKept(String word, StopReason.Type type) {
		assertThat(Exchange.whole(this.format, "{\"done\":true,\"done_reason\":\"" + word + "\"}").stopReason())
			.isEqualTo(new StopReason(type, word));
	}

	@Test
	void anOldServerGivesNoReasonAndNoCounts() {
		LlmResponse response = Exchange.whole(this.format, "{\"message\":{\"content\":\"x\"},\"done\":true}");
		assertThat(response.stopReason().type()).isEqualTo(StopReason.Type.END_TURN);
		assertThat(response.usage()).isEqualTo(Usage.UNKNOWN);
		assertThat(response.target()).isEqualTo(Exchange.TARGET);
	}

	@Test
	void argumentsWrittenAsTextAreRead() {
		LlmResponse response = Exchange.whole(this.format,
				"{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}}]},\"done\":true}");
		assertThat(response.toolCalls().get(0).id()).isEqualTo("call_0");
		assertThat(response.toolCalls().get(0).arguments()).isEqualTo(Map.of("a", 1));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"message\":{\"content\":\"x\"},\"done\":false}", "{\"message\":{\"content\":\"x\"}}" })
	void onlyDoneEndsAnAnswer(String body) {
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> Exchange.streamed(this.format, body))
			.satisfies((ex) -> {
				assertThat(ex.kind()).isEqualTo(ErrorKind.INTERRUPTED);
				assertThat(ex.partial()).isNotNull();
				assertThat(ex.partial().text()).isEqualTo("x");
				assertThat(ex.partial().stopReason().type()).isEqualTo(StopReason.Type.OTHER);
			});
	}

	@Test
	void errorsInsideAnAnswerAreErrors() {
		String error = "{\"error\":\"model 'x' not found\"}";
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> Exchange.whole(this.format, error));
		assertThatExceptionOfType(LlmException.class)
			.isThrownBy(() -> Exchange.streamed(this.format, "{\"message\":{\"content\":\"x\"}}\n" + error))
			.withMessageContaining("not found");
	}

	@ParameterizedTest
	@ValueSource(strings = { "not json", "{\"message\":", "[]", "null", "{}", "{\"done\":true} {}",
			"{\"message\":\"\"}", "{\"message\":{\"tool_calls\":[{}]}}" })
	void malformedAnswersAreProtocolErrors(String data) {
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> Exchange.streamed(this.format, data + "\n"))
			.extracting(LlmException::kind)
			.isEqualTo(ErrorKind.PROTOCOL);
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> Exchange.whole(this.format, data))
			.extracting(LlmException::kind)
			.isEqualTo(ErrorKind.PROTOCOL);
	}

	@Test
	void recordedTextIsReadAsItWas() throws IOException {
		LlmResponse response = Exchange.streamed(this.format, Exchange.recorded("127-0-0-1-11434-chat-text-1.ndjson"))
			.response();
		assertThat(response.text()).startsWith("Why did the OpenTelemetry agent go to therapy?\n\nBecause")
			.endsWith(" smile to your face!)");
		assertThat(response.usage()).isEqualTo(Usage.of(17, 50));
		assertThat(response.stopReason().type()).isEqualTo(StopReason.Type.END_TURN);
		assertThat(response.model()).isEqualTo("llama3");
	}

	@Test
	void anAnswerCutAfterAnyByteIsNeverComplete() {
		byte[] body = STREAMED.getBytes(StandardCharsets.UTF_8);
		int end = body.length - 1;
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
