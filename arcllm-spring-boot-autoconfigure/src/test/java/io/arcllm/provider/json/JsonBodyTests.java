package io.arcllm.provider.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.ResponseFormat;
import io.arcllm.Tool;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What JSON has no words for is refused by every format, and nothing else is.
 */
class JsonBodyTests {

	private static final String HIGH = "cut in an emoji \ud83d";

	private static final String LOW = "\ude00 the rest";

	static final List<WireFormat> FORMATS = List.of(new AnthropicFormat("acme"), new OllamaFormat("acme"),
			new OpenAiFormat("acme"));

	/** A text everywhere in a request where a caller may put one. */
	private static Map<String, LlmRequest> withText(String text) {
		Map<String, LlmRequest> requests = new LinkedHashMap<>();
		requests.put("message", hello().messages(Message.user(text)).build());
		requests.put("system", hello().messages(Message.system(text), Message.user("Hi")).build());
		requests.put("answer",
				hello().messages(Message.user("Hi"), Message.assistant(text), Message.user("a")).build());
		requests.put("stop", hello().stop(text).build());
		requests.put("option", hello().options(Map.of("user", text)).build());
		requests.put("name of an option", hello().options(Map.of(text, 1)).build());
		requests.put("option inside", hello().options(Map.of("a", Map.of("b", List.of(text)))).build());
		requests.put("tool", hello().tools(Tool.of("f", text, Map.of())).build());
		requests.put("parameters", hello().tools(Tool.of("f", "", Map.of("title", text))).build());
		requests.put("schema", hello().responseFormat(ResponseFormat.jsonSchema("s", Map.of("title", text))).build());
		return requests;
	}

	@ParameterizedTest
	@FieldSource("FORMATS")
	void halfOfACharacterIsRefused(WireFormat format) {
		for (String half : List.of(HIGH, LOW, "\ud83d\ud83d\ude00", "\ude00\ud83d", "\\\ud83d")) {
			withText(half).forEach((where, request) -> {
				LlmException failure = refusal(format, request);
				assertThat(failure.kind()).as(where).isEqualTo(ErrorKind.INVALID_REQUEST);
				assertThat(failure).as(where)
					.hasMessageContaining("half of a character")
					.hasMessageNotContaining("cut in an emoji \ud83d");
				assertThat(failure.details().target()).hasToString("acme/m");
			});
		}
	}

	@ParameterizedTest
	@FieldSource("FORMATS")
	void wholeCharactersAreSentAsTheyAre(WireFormat format) {
		for (String text : List.of("\ud83d\ude00", "Grüße \ud83d\udc69\u200d\ud83d\udcbb!", "\\ud83d", "\\\\ud83d",
				"C:\\udata\\", "\\", "\u0000\u001f\"\\\n", "\ud7ff\ue000\uffff")) {
			withText(text).forEach((where, request) -> {
				JsonNode body = JsonMapper.shared().readTree(format.encode(request));
				List<String> found = new ArrayList<>();
				collect(body, found);
				assertThat(found).as(where).anyMatch((one) -> one.equals(text) || one.contains(text));
			});
		}
	}

	private static void collect(JsonNode node, List<String> found) {
		if (node.isString()) {
			found.add(node.asString());
		}
		node.properties().forEach((entry) -> found.add(entry.getKey()));
		node.forEach((each) -> collect(each, found));
	}

	record Weights(double one, float other) {
	}

	static List<Map<String, Object>> notFinite() {
		return List.of(Map.of("a", Double.NaN), Map.of("a", Double.POSITIVE_INFINITY),
				Map.of("a", Double.NEGATIVE_INFINITY), Map.of("a", Float.NaN), Map.of("a", Float.POSITIVE_INFINITY),
				Map.of("a", Map.of("b", Map.of("c", Double.NaN))), Map.of("a", List.of(1, Float.NEGATIVE_INFINITY)),
				Map.of("a", List.of(Map.of("b", Double.NaN))), Map.of("a", new Object[] { Double.NaN }),
				Map.of("a", new Weights(Double.NaN, 1)), Map.of("a", new Weights(1, Float.NaN)));
	}

	@ParameterizedTest
	@MethodSource("notFinite")
	void numbersThatJsonHasNotAreRefused(Map<String, Object> options) {
		for (WireFormat format : FORMATS) {
			List<LlmRequest> requests = List.of(hello().options(options).build(),
					hello().tools(Tool.of("f", "", options)).build(),
					hello().responseFormat(ResponseFormat.jsonSchema("s", options)).build());
			for (LlmRequest request : requests) {
				assertThat(refusal(format, request).kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
			}
		}
	}

	@ParameterizedTest
	@FieldSource("FORMATS")
	void numbersThatJsonHasAreSentAsTheyAre(WireFormat format) {
		LlmRequest request = hello()
			.options(Map.of("a", 0.1, "b", 0.1f, "c", List.of(-0.0, Float.MAX_VALUE, Double.MIN_VALUE, 1L)))
			.build();
		assertThat(new String(format.encode(request), StandardCharsets.UTF_8)).contains("\"a\":0.1")
			.contains("\"b\":0.1")
			.contains("\"c\":[-0.0,3.4028235E38,4.9E-324,1]");
	}

	private static LlmRequest.Builder hello() {
		return LlmRequest.of("Hi").mutate().model("m");
	}

	private static LlmException refusal(WireFormat format, LlmRequest request) {
		return catchThrowableOfType(LlmException.class, () -> format.encode(request));
	}

}
