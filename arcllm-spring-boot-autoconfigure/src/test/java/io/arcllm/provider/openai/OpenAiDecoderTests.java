package io.arcllm.provider.openai;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.StopReason;
import io.arcllm.provider.http.StreamedAnswer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class OpenAiDecoderTests {

	private static final OpenAiFormat FORMAT = new OpenAiFormat("acme");

	private static final String STOP = "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}";

	@Test
	void wholeAnswerIsReadInFull() {
		LlmResponse response = whole("""
				{"id":"c-1","model":"m-2","choices":[
				{"index":1,"message":{"content":"another"},"finish_reason":"stop"},
				{"index":0,"message":{"role":"assistant","content":null,"reasoning_content":"hm","tool_calls":[
				{"id":"a","type":"function","function":{"name":"f","arguments":"{\\"x\\":1}"}},
				{"id":"b","type":"function","function":{"name":"g","arguments":{"y":[2,"]"]}}}]},
				"finish_reason":"tool_calls"}],
				"usage":{"prompt_tokens":5,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":2},
				"completion_tokens_details":{"reasoning_tokens":4}},"unknown":{"a":[1,{"b":null}]}}""");
		assertThat(response.text()).isEmpty();
		assertThat(response.thinking().get(0).text()).isEqualTo("hm");
		assertThat(response.toolCalls().get(0).arguments()).isEqualTo(Map.of("x", 1));
		assertThat(response.toolCalls().get(1).rawArguments()).isEqualTo("{\"y\":[2,\"]\"]}");
		assertThat(response.toolCalls().get(1).id()).isEqualTo("b");
		assertThat(response.usage()).hasToString(
				"Usage[inputTokens=5, outputTokens=7, cacheReadTokens=2, cacheWriteTokens=null, reasoningTokens=4]");
		assertThat(response.stopReason()).isEqualTo(new StopReason(StopReason.Type.TOOL_USE, "tool_calls"));
		assertThat(response.model()).isEqualTo("m-2");
		assertThat(response.requestId()).isEqualTo("c-1");
	}

	@Test
	void contentMayBeParts() {
		LlmResponse response = whole("""
				{"choices":[{"message":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},
				{"type":"text","text":"one"},{"type":"text","text":" two"}]},"finish_reason":"stop"}]}""");
		assertThat(response.text()).isEqualTo("one two");
		assertThat(response.thinking().get(0).text()).isEqualTo("hm");
	}

	@ParameterizedTest
	@CsvSource({ "stop,END_TURN", "length,MAX_TOKENS", "tool_calls,TOOL_USE", "function_call,TOOL_USE",
			"content_filter,CONTENT_FILTER", "eos,END_TURN", "stop_sequence,STOP_SEQUENCE", "model_length,MAX_TOKENS",
			"something,OTHER" })
	void reasonsForStoppingAreUnderstood(String raw, StopReason.Type type) {
		assertThat(whole("{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"" + raw + "\"}]}")
			.stopReason()).isEqualTo(new StopReason(type, raw));
	}

	@Test
	void refusalIsAReasonForStopping() {
		LlmResponse response = whole(
				"{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"No.\"},\"finish_reason\":\"stop\"}]}");
		assertThat(response.stopReason().type()).isEqualTo(StopReason.Type.REFUSAL);
		assertThat(response.text()).isEqualTo("No.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "null", "[]", "\"x\"", "{}", "{\"choices\":[]}", "{\"choices\":[1]}", "{\"choices\"",
			"<html>", "{\"choices\":[{\"message\":{}}]} trailing" })
	void whatIsNoAnswerIsMalformed(String body) {
		LlmException failure = catchThrowableOfType(LlmException.class, () -> whole(body));
		assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
	}

	@Test
	void interleavedToolCallsAreKeptApart() {
		LlmResponse response = stream(tools("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\"}}"),
				tools("{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":\"{\"}}"),
				tools("{\"index\":0,\"id\":\"\",\"function\":{\"name\":\"\",\"arguments\":\"{}\"}}"),
				tools("{\"index\":1,\"id\":\"b\",\"function\":{\"name\":null,\"arguments\":\"}\"}}"), STOP);
		assertThat(response.toolCalls()).extracting("id", "name", "rawArguments")
			.containsExactly(tuple("a", "f", "{}"), tuple("b", "g", "{}"));
		assertThat(response.stopReason()).isEqualTo(new StopReason(StopReason.Type.TOOL_USE, "stop"));
	}

	@Test
	void toolCallsWithoutIndexAreFoundByTheirIds() {
		LlmResponse response = stream(tools("{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}"),
				tools("{\"function\":{\"arguments\":\"}\"}}"),
				tools("{\"id\":\"b\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},"
						+ "{\"function\":{\"name\":\"h\",\"arguments\":\"{}\"}}"),
				STOP);
		assertThat(response.toolCalls()).extracting("id", "name", "rawArguments")
			.containsExactly(tuple("a", "f", "{}"), tuple("b", "f", "{}"), tuple("call_2", "h", "{}"));
	}

	@Test
	void toolCallsThatAllCountAsTheFirstAreKeptApart() {
		LlmResponse response = stream(
				tools("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}"),
				tools("{\"index\":0,\"id\":\"b\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}"), STOP);
		assertThat(response.toolCalls()).extracting("id").containsExactly("a", "b");
	}

	@Test
	void missingNullAndUnknownFieldsAreTolerated() {
		LlmResponse response = stream("{\"choices\":null,\"usage\":null,\"error\":null}", "{\"choices\":[]}", "{}",
				"{\"choices\":[{\"delta\":null}]}",
				"{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\",\"tool_calls\":null,\"role\":7}}]}",
				"{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"no\"}}]}",
				"{\"choices\":[{\"delta\":{\"content\":\"b\",\"tool_calls\":[]},\"index\":0}],\"x\":[[{}]]}", STOP);
		assertThat(response.text()).isEqualTo("ab");
		assertThat(response.usage().inputTokens()).isNull();
	}

	@Test
	void tokensSaidLastAreKept() {
		LlmResponse response = stream("{\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":{\"prompt_tokens\":9}}",
				STOP, "{\"choices\":[],\"usage\":{\"completion_tokens\":3,\"prompt_cache_hit_tokens\":4}}",
				"{\"choices\":[],\"x_groq\":{\"usage\":{\"prompt_tokens\":10}}}");
		assertThat(response.usage().inputTokens()).isEqualTo(10);
		assertThat(response.usage().outputTokens()).isEqualTo(3);
		assertThat(response.usage().cacheReadTokens()).isEqualTo(4);
	}

	@Test
	void reasoningCountedApartIsPartOfTheOutput() {
		String usage = "{\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":2,\"total_tokens\":112,"
				+ "\"completion_tokens_details\":{\"reasoning_tokens\":100}}}";
		OpenAiFormat apart = new OpenAiFormat("acme", Set.of(OpenAiQuirk.REASONING_APART));
		assertThat(complete(read(apart, STOP, usage)).usage().outputTokens()).isEqualTo(102);
		assertThat(stream(STOP, usage).usage().outputTokens()).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "data: [DONE]\n\n", ": ping\n\n", "data: {\"choices\":[]}\n\ndata: [DONE]\n\n",
			"data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\ndata: [DONE]\n\n",
			"data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n",
			"data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"choices\":[],\"usage\":{}}\n\n",
			"data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n"
					+ "data: {\"choices\":[{\"delta\":{\"content\":\"b\"}}]}\n\n" })
	void streamWithoutProvenEndIsInterrupted(String text) {
		StreamedAnswer answer = StreamedAnswer.read(FORMAT, text.getBytes(StandardCharsets.UTF_8));
		assertThat(answer.failure().kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(answer.failure().partial() == null).isEqualTo(answer.events().isEmpty());
	}

	@ParameterizedTest
	@ValueSource(strings = { "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}",
			"data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]" })
	void streamWithProvenEndIsComplete(String text) {
		StreamedAnswer answer = StreamedAnswer.read(FORMAT, text.getBytes(StandardCharsets.UTF_8));
		assertThat(complete(answer).text()).isEqualTo("a");
	}

	@ParameterizedTest
	@ValueSource(strings = { "data: {\"error\":{\"message\":\"Overloaded\",\"code\":503}}\n\n",
			"data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}],"
					+ "\"error\":{\"message\":\"Overloaded\",\"code\":503}}\n\n",
			"event: error\ndata: {\"error\":{\"message\":\"Overloaded\",\"code\":503}}\n\n",
			"error: {\"error\":{\"message\":\"Overloaded\",\"code\":503}}\n\n",
			"{\"error\":{\"message\":\"Overloaded\",\"code\":503}}" })
	void errorInsideAStreamSaysHowFarItCame(String error) {
		String text = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n" + error;
		StreamedAnswer answer = StreamedAnswer.read(FORMAT, text.getBytes(StandardCharsets.UTF_8));
		assertThat(answer.failure().kind()).isEqualTo(ErrorKind.OVERLOADED);
		assertThat(answer.failure().partial().text()).isEqualTo("a");
		assertThat(answer.events()).containsExactly(new LlmEvent.TextDelta("a"));
	}

	@Test
	void reasonErrorAloneIsAnError() {
		assertThat(read(FORMAT, "{\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}").failure().kind())
			.isEqualTo(ErrorKind.INTERRUPTED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"choices\":[{]}", "not json", "[1]", "{\"choices\":[{\"delta\":{\"content\":\"a\"}}]" })
	void malformedFrameIsAProtocolError(String frame) {
		StreamedAnswer answer = read(FORMAT, frame, STOP);
		assertThat(answer.failure().kind()).isEqualTo(ErrorKind.PROTOCOL);
		assertThat(answer.events()).isEmpty();
	}

	private static org.assertj.core.groups.Tuple tuple(Object... values) {
		return org.assertj.core.groups.Tuple.tuple(values);
	}

	private static String tools(String pieces) {
		return "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[" + pieces + "]}}]}";
	}

	private static LlmResponse stream(String... chunks) {
		return complete(read(FORMAT, chunks));
	}

	private static LlmResponse complete(StreamedAnswer answer) {
		assertThat(answer.failure()).isNull();
		return answer.last().answer();
	}

	private static StreamedAnswer read(OpenAiFormat format, String... chunks) {
		StringBuilder text = new StringBuilder();
		for (String chunk : chunks) {
			text.append("data: ").append(chunk).append("\n\n");
		}
		return StreamedAnswer.read(format, text.toString().getBytes(StandardCharsets.UTF_8));
	}

	private static LlmResponse whole(String body) {
		return FORMAT.decoder(StreamedAnswer.context()).whole(body.getBytes(StandardCharsets.UTF_8));
	}

}
