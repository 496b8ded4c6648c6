package io.arcllm.provider.openai;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.StopReason;
import io.arcllm.WholeAndStreamed;
import io.arcllm.provider.http.StreamedAnswer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What vendors say who speak OpenAI's format almost.
 */
class OpenAiDialectTests {

	private static final OpenAiFormat FORMAT = new OpenAiFormat("acme");

	private static final String A = "{\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"%s\"}]}";

	private static final String B = "{\"choices\":[{\"delta\":{\"content\":\"b\"}}]}";

	private static final String STOP = "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}";

	@Test
	void reasonThatIsFollowedByMoreIsNoEnd() {
		LlmException failure = read(A.formatted("stop"), B).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(failure.partial().text()).isEqualTo("ab");
	}

	@Test
	void toolCallThatFollowsAReasonIsNoEndEither() {
		String call = "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":%d,\"id\":\"%s\",\"function\":{\"name\":\"f\","
				+ "\"arguments\":\"{}\"}}]},\"finish_reason\":%s}]}";
		String first = call.formatted(0, "x", "\"tool_calls\"");
		assertThat(read(first, call.formatted(1, "y", "null")).failure().kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(complete(read(first, call.formatted(1, "y", "\"tool_calls\""))).toolCalls()).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { STOP, "[DONE]" })
	void wordsAfterAReasonAreCompleteWithAnotherProof(String proof) {
		LlmResponse answer = complete(read(A.formatted("length"), B, proof));
		assertThat(answer.text()).isEqualTo("ab");
		assertThat(answer.stopReason().raw()).isEqualTo(proof.equals(STOP) ? "stop" : "length");
	}

	@Test
	void nothingAfterAReasonIsStillTheEnd() {
		assertThat(complete(read(A.formatted("stop"), "{\"choices\":[{\"delta\":{\"content\":\"\"}}]}",
				"{\"choices\":[{\"delta\":{}}]}", "{\"choices\":[],\"usage\":{\"prompt_tokens\":1}}"))
			.text()).isEqualTo("a");
	}

	@WholeAndStreamed
	void emptyFunctionCallBesideTheWordsIsNone(boolean streaming) {
		for (String empty : new String[] { "{}", "{\"name\":\"\",\"arguments\":\"\"}",
				"{\"name\":null,\"arguments\":null}", "null" }) {
			LlmResponse answer = answer(streaming, "\"content\":\"a\",\"function_call\":" + empty, "stop");
			assertThat(answer.toolCalls()).isEmpty();
			assertThat(answer.text()).isEqualTo("a");
			assertThat(answer.stopReason().type()).isEqualTo(StopReason.Type.END_TURN);
		}
	}

	@WholeAndStreamed
	void functionCallOfOldIsAToolCall(boolean streaming) {
		LlmResponse answer = answer(streaming,
				"\"content\":null,\"function_call\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":1}\"}", "function_call");
		assertThat(answer.toolCalls()).singleElement().satisfies((call) -> {
			assertThat(call.name()).isEqualTo("f");
			assertThat(call.arguments()).isEqualTo(Map.of("x", 1));
		});
	}

	@WholeAndStreamed
	void contentThatIsAnObjectIsItsJson(boolean streaming) {
		LlmResponse answer = answer(streaming,
				"\"content\":{ \"city\":\"Köln\",\"a\":[1,{\"b\":null}] },\"role\":\"a\"", "stop");
		assertThat(answer.text()).isEqualTo("{ \"city\":\"Köln\",\"a\":[1,{\"b\":null}] }");
		assertThat(answer.stopReason().type()).isEqualTo(StopReason.Type.END_TURN);
	}

	@WholeAndStreamed
	void argumentsNullAreNoArguments(boolean streaming) {
		for (String none : new String[] { "\"null\"", "\" null\\n\"", "null", "\"\"", "\"{}\"" }) {
			LlmResponse answer = answer(streaming,
					"\"tool_calls\":[{\"index\":0,\"id\":\"x\",\"function\":{\"name\":\"f\",\"arguments\":" + none
							+ "}}]",
					"tool_calls");
			assertThat(answer.toolCalls()).singleElement()
				.satisfies((call) -> assertThat(call.arguments()).as(none).isEmpty());
		}
	}

	@WholeAndStreamed
	void argumentsThatAreNoObjectStayUnparsed(boolean streaming) {
		for (String wrong : new String[] { "nul", "nullnull", "[]", "7" }) {
			LlmResponse answer = answer(streaming,
					"\"tool_calls\":[{\"index\":0,\"id\":\"x\",\"function\":{\"name\":\"f\",\"arguments\":\"" + wrong
							+ "\"}}]",
					"tool_calls");
			assertThat(answer.toolCalls()).singleElement().satisfies((call) -> {
				assertThat(call.parsedArguments()).as(wrong).isNull();
				assertThat(call.rawArguments()).isEqualTo(wrong);
			});
		}
	}

	@ParameterizedTest
	@CsvSource({ "num_cached_tokens", "cached_tokens", "cached_input_tokens", "cache_read_input_tokens",
			"prompt_cache_hit_tokens" })
	void tokensOfTheCacheHaveManyNames(String name) {
		for (boolean streaming : new boolean[] { false, true }) {
			LlmResponse answer = withUsage(streaming,
					"{\"prompt_tokens\":10,\"" + name + "\":4,\"completion_tokens\":3}");
			assertThat(answer.usage().cacheReadTokens()).isEqualTo(4);
			assertThat(answer.usage().inputTokens()).isEqualTo(10);
			assertThat(answer.usage().reasoningTokens()).isNull();
		}
	}

	@WholeAndStreamed
	void tokensOfReasoningMayStandAtTheTop(boolean streaming) {
		LlmResponse answer = withUsage(streaming,
				"{\"prompt_tokens\":10,\"completion_tokens\":3,\"reasoning_tokens\":2}");
		assertThat(answer.usage().reasoningTokens()).isEqualTo(2);
		assertThat(answer.usage().outputTokens()).isEqualTo(3);
		assertThat(answer.usage().cacheReadTokens()).isNull();
	}

	private static LlmResponse withUsage(boolean streaming, String usage) {
		return streaming ? complete(read(A.formatted("stop"), "{\"choices\":[],\"usage\":" + usage + "}")) : whole(
				"{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}],\"usage\":" + usage + "}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "[{\"error\":{\"message\":\"Overloaded\",\"code\":503}}]",
			" [ {\"error\":{\"message\":\"Overloaded\",\"code\":503}} ] ",
			"{\"error\":{\"message\":\"Overloaded\",\"code\":503}}" })
	void errorMayStandInAList(String error) {
		LlmException whole = catchThrowableOfType(LlmException.class, () -> whole(error));
		assertThat(whole.kind()).isEqualTo(ErrorKind.OVERLOADED);
		assertThat(whole.status()).isEqualTo(503);
		LlmException streamed = read(B, error).failure();
		assertThat(streamed.kind()).isEqualTo(ErrorKind.OVERLOADED);
		assertThat(streamed.partial().text()).isEqualTo("b");
	}

	@ParameterizedTest
	@ValueSource(strings = { "[]", "[1]", "[{}", "[{},{}]", "[[{}]]" })
	void otherListsAreNoAnswer(String list) {
		assertThat(catchThrowableOfType(LlmException.class, () -> whole(list)).kind()).isEqualTo(ErrorKind.PROTOCOL);
		assertThat(read(list, STOP).failure().kind()).isEqualTo(ErrorKind.PROTOCOL);
	}

	@ParameterizedTest
	@ValueSource(strings = { "insufficient_system_resource", "network_error", "error", "abort", "cancelled", "timeout",
			"MALFORMED_FUNCTION_CALL" })
	void reasonThatIsAFailureIsOne(String reason) {
		LlmException streamed = read(A.formatted(reason), "[DONE]").failure();
		assertThat(streamed.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(streamed.partial().text()).isEqualTo("a");
		LlmException whole = catchThrowableOfType(LlmException.class,
				() -> whole("{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"" + reason + "\"}]}"));
		assertThat(whole.kind()).isEqualTo(ErrorKind.INTERRUPTED);
	}

	@Test
	void wholeMessageInTheMiddleOfAStreamIsItsAnswer() {
		StreamedAnswer answer = read(
				"{\"id\":\"c\",\"model\":\"m-1\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
						+ "\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}");
		assertThat(complete(answer).text()).isEqualTo("Hello");
		assertThat(complete(answer).stopReason().type()).isEqualTo(StopReason.Type.END_TURN);
		assertThat(answer.events()).startsWith(new LlmEvent.TextDelta("Hello"));
	}

	@Test
	void wholeMessageAfterItsPiecesIsNotSaidTwice() {
		assertThat(complete(
				read(B, "{\"choices\":[{\"delta\":{},\"message\":{\"content\":\"b\"},\"finish_reason\":\"stop\"}]}"))
			.text()).isEqualTo("b");
	}

	@Test
	void messageOfAnotherChoiceIsNotTheAnswer() {
		assertThat(complete(read("{\"choices\":[{\"index\":1,\"message\":{\"content\":\"no\"}},"
				+ "{\"index\":0,\"delta\":{\"role\":\"assistant\"}}]}", B, STOP))
			.text()).isEqualTo("b");
	}

	private static LlmResponse answer(boolean streaming, String message, String reason) {
		String choice = "{\"choices\":[{\"index\":0,\"%s\":{" + message.replace("%", "%%") + "},\"finish_reason\":\""
				+ reason + "\"}]}";
		return streaming ? complete(read(choice.formatted("delta"))) : whole(choice.formatted("message"));
	}

	private static LlmResponse complete(StreamedAnswer answer) {
		assertThat(answer.failure()).isNull();
		return answer.last().answer();
	}

	private static StreamedAnswer read(String... chunks) {
		StringBuilder text = new StringBuilder();
		for (String chunk : chunks) {
			text.append("data: ").append(chunk).append("\n\n");
		}
		return StreamedAnswer.read(FORMAT, text.toString().getBytes(StandardCharsets.UTF_8));
	}

	private static LlmResponse whole(String body) {
		return FORMAT.decoder(StreamedAnswer.context()).whole(body.getBytes(StandardCharsets.UTF_8));
	}

}
