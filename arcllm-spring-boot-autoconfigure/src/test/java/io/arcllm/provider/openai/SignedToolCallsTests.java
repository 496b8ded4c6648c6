package io.arcllm.provider.openai;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.ToolCall;
import io.arcllm.WholeAndStreamed;
import io.arcllm.provider.Presets;
import io.arcllm.provider.http.StreamedAnswer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Gemini signs the first tool call of a turn, and from its third version on refuses a
 * conversation that goes on without.
 */
class SignedToolCallsTests {

	private static final String SIGNED = "{\"google\": {\"thought_signature\": \"EoYC/+==\"}}";

	private static final String CALLS = "{\"id\":\"a\",\"choices\":[{\"index\":0,\"%s\":{\"role\":\"assistant\","
			+ "\"tool_calls\":[{\"extra_content\":" + SIGNED
			+ ",\"index\":0,\"id\":\"x\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},"
			+ "{\"index\":1,\"id\":\"y\",\"type\":\"function\",\"extra_content\":null,"
			+ "\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}]}";

	private static final OpenAiFormat GEMINI = new OpenAiFormat("gemini", OpenAiQuirk
		.parse(Presets.load(SignedToolCallsTests.class.getClassLoader()).find("gemini").orElseThrow().quirks()));

	private static LlmResponse answer(boolean streaming) {
		if (!streaming) {
			return GEMINI.decoder(StreamedAnswer.context())
				.whole(CALLS.formatted("message").getBytes(StandardCharsets.UTF_8));
		}
		byte[] bytes = ("data: " + CALLS.formatted("delta") + "\n\ndata: [DONE]\n\n").getBytes(StandardCharsets.UTF_8);
		LlmResponse whole = StreamedAnswer.read(GEMINI, bytes).last().answer();
		for (int cut = 1; cut < bytes.length; cut++) {
			assertThat(StreamedAnswer.read(GEMINI, bytes, cut).last().answer()).isEqualTo(whole);
		}
		return whole;
	}

	private static JsonNode calls(OpenAiFormat format, String model, Message turn) {
		byte[] body = format
			.encode(LlmRequest.builder().model(model).messages(List.of(Message.user("Hi"), turn)).build());
		return JsonMapper.shared().readTree(body).get("messages").get(1).get("tool_calls");
	}

	@WholeAndStreamed
	void signatureGoesBackWithItsCallToItsVendorAlone(boolean streaming) {
		LlmResponse answer = answer(streaming);
		ToolCall.VendorData signature = answer.toolCalls().get(0).vendorData();
		assertThat(signature.json()).isEqualTo(SIGNED);
		assertThat(answer.toolCalls().get(1).vendorData()).isNull();

		OpenAiFormat vendor = new OpenAiFormat(signature.provider(), GEMINI.quirks());
		JsonNode calls = calls(vendor, "gemini-3-pro", answer.toMessage());
		assertThat(calls.get(0).get("extra_content")).isEqualTo(JsonMapper.shared().readTree(SIGNED));
		assertThat(calls.get(1).has("extra_content")).isFalse();

		OpenAiFormat another = new OpenAiFormat("another");
		assertThat(calls(another, "m", answer.toMessage()).get(0).has("extra_content")).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "gemini-3-pro-preview, true", "models/gemini-3.1-flash, true", "gemini-flash-latest, true",
			"gemini-10-pro, true", "gemini-2.5-flash, false", "models/gemini-1.5-pro, false", "gemini-2-flash, false" })
	void callThatAnotherModelMadeIsMarkedWhereItWouldBeRefused(String model, boolean marked) {
		Message turn = Message.assistant(
				List.of(ToolCall.of("x", "f", Map.of()), new Content.Text("!"), ToolCall.of("y", "g", Map.of())));
		JsonNode calls = calls(GEMINI, model, turn);
		assertThat(calls.get(0).has("extra_content")).isEqualTo(marked);
		assertThat(calls.get(1).has("extra_content")).isFalse();
		if (marked) {
			assertThat(calls.get(0).at("/extra_content/google/thought_signature").stringValue())
				.isEqualTo("skip_thought_signature_validator");
		}
		assertThat(calls(new OpenAiFormat("gemini"), model, turn).get(0).has("extra_content")).isFalse();
	}

	@Test
	void signatureOfACallWithoutANameIsNotYetContent() {
		String piece = "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,%s}]}}]}\n\n";
		String early = piece.formatted("\"id\":\"x\",\"extra_content\":" + SIGNED);
		assertThat(StreamedAnswer.read(GEMINI, early.getBytes(StandardCharsets.UTF_8)).failure().partial()).isNull();
		String all = early + piece.formatted("\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}")
				+ piece.formatted("\"extra_content\":{}") + "data: [DONE]\n\n";
		LlmResponse answer = StreamedAnswer.read(GEMINI, all.getBytes(StandardCharsets.UTF_8)).last().answer();
		assertThat(answer.toolCalls()).singleElement()
			.satisfies((call) -> assertThat(call.vendorData().json()).isEqualTo(SIGNED));
	}

	@Test
	void dataGoesBackUnchanged() {
		ToolCall call = new ToolCall("x", "f", "{}", Map.of(), new ToolCall.VendorData("{\"a\": 1.10}", "gemini"));
		byte[] body = GEMINI.encode(LlmRequest.builder()
			.model("gemini-3-pro")
			.messages(List.of(Message.user("Hi"), Message.assistant(List.of(call))))
			.build());
		assertThat(new String(body, StandardCharsets.UTF_8)).contains("\"extra_content\":{\"a\": 1.10}");
	}

	@ParameterizedTest
	@CsvSource({ "gemini, true", "'', true", "openrouter, false" })
	void whatAVendorAttachedGoesBackWhereItIsNotForeign(String maker, boolean sent) {
		String extra = "{\"google\":{\"thought_signature\": \"s\"}}";
		Message turn = Message
			.assistant(List.of(new Content.Opaque("{\"extra_content\":" + extra + "}", maker), new Content.Text("x"),
					new ToolCall("a", "f", "{}", Map.of(), new ToolCall.VendorData("{\"a\": 1.10}", maker))));
		for (OpenAiFormat format : List.of(GEMINI, new OpenAiFormat("another"))) {
			String body = new String(format.encode(LlmRequest.builder()
				.model("gemini-3-pro")
				.messages(List.of(Message.user("Hi"), turn.withoutForeign(format.provider())))
				.build()), StandardCharsets.UTF_8);
			boolean expected = sent && format == GEMINI;
			assertThat(body.contains("\"extra_content\":" + extra)).isEqualTo(expected);
			assertThat(body.contains("\"extra_content\":{\"a\": 1.10}")).isEqualTo(expected);
		}
	}

	@Test
	void dataThatIsNoJsonIsRefused() {
		ToolCall call = new ToolCall("x", "f", "{}", Map.of(), new ToolCall.VendorData("{", "gemini"));
		LlmException failure = catchThrowableOfType(LlmException.class,
				() -> calls(GEMINI, "gemini-3-pro", Message.assistant(List.of(call))));
		assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
		assertThat(failure).hasMessageContaining("vendor data of tool call x");
	}

}
