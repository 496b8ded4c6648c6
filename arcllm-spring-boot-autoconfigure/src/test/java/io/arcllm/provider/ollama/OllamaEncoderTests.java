package io.arcllm.provider.ollama;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.ReasoningEffort;
import io.arcllm.ResponseFormat;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.ToolChoice;
import io.arcllm.provider.ModelCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class OllamaEncoderTests {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final byte[] PICTURE = { 1, 2, 3, (byte) 255 };

	private final OllamaFormat format = new OllamaFormat("ollama");

	private JsonNode encode(Consumer<LlmRequest.Builder> request) {
		LlmRequest.Builder builder = LlmRequest.builder().model("llama3").messages(Message.user("Hi"));
		request.accept(builder);
		return JSON.readTree(this.format.encode(builder.build()));
	}

	private JsonNode messages(Message... messages) {
		return encode((request) -> request.messages(messages)).get("messages");
	}

	private static void assertJson(JsonNode actual, String expected) {
		assertThat(actual).isEqualTo(JSON.readTree(expected));
	}

	@ParameterizedTest
	@CsvSource({ "http://localhost:11434,http://localhost:11434/api/chat",
			"https://ollama.com/api,https://ollama.com/api/chat",
			"https://x.example/api/chat,https://x.example/api/chat" })
	void theBaseUrlIsCompletedOnce(String base, String url) {
		assertThat(this.format.url(base)).isEqualTo(url);
	}

	@Test
	void theKeyIsSentIfThereIsOne() {
		HttpHeaders headers = new HttpHeaders();
		this.format.headers(headers, null);
		this.format.headers(headers, "");
		assertThat(headers.isEmpty()).isTrue();
		this.format.headers(headers, "k");
		assertThat(headers.getFirst("Authorization")).isEqualTo("Bearer k");
	}

	@Test
	void whatIsUnsetIsNotSent() {
		assertJson(encode((request) -> {
		}), """
				{"model":"llama3","stream":false,"messages":[{"role":"user","content":"Hi"}]}""");
		assertThat(encode((request) -> request.streaming(true)).get("stream").asBoolean()).isTrue();
	}

	@Test
	void parametersBelongToTheOptionsAndZeroIsSent() {
		assertJson(encode((r) -> r.maxTokens(0).temperature(0.0).topP(0.5).stop("x")).get("options"),
				"{\"num_predict\":0,\"temperature\":0.0,\"top_p\":0.5,\"stop\":[\"x\"]}");
	}

	@Test
	void optionsGoWhereOllamaReadsThem() {
		JsonNode body = encode((r) -> r.temperature(0.5)
			.reasoningEffort(ReasoningEffort.HIGH)
			.options(Map.of("num_ctx", 8192, "temperature", 0.9, "keep_alive", "5m", "think", true, "options",
					Map.of("seed", 1))));
		assertJson(body.get("options"), "{\"temperature\":0.9,\"num_ctx\":8192,\"seed\":1}");
		assertThat(body.get("keep_alive").asString()).isEqualTo("5m");
		assertThat(body.get("think").asBoolean()).isTrue();
	}

	@Test
	void everyMessageKeepsItsPlaceAndItsPictures() {
		assertJson(messages(
				Message.system("one"), Message.system("two"), Message.user(new Content.Text("look"),
						Content.Image.of("image/png", PICTURE), new Content.Text("here")),
				Message.assistant("ok"), Message.system("three")), """
						[{"role":"system","content":"one"},{"role":"system","content":"two"},
						{"role":"user","content":"look\\nhere","images":["AQID/w=="]},
						{"role":"assistant","content":"ok"},{"role":"system","content":"three"}]""");
	}

	@Test
	void eachResultOfAToolIsAMessageThatNamesTheTool() {
		assertJson(
				messages(Message.user("go"),
						Message.assistant(List.of(new Content.Thinking("mine", null, null, "ollama"),
								new Content.Thinking("foreign", "sig", null, "anthropic"),
								ToolCall.of("t1", "add", Map.of("a", 1)), new ToolCall("t2", "now", "{\"cut", null))),
						Message.user(new Content.Text("well?"), Content.ToolResult.of("t1", "2"),
								Content.ToolResult.error("t2", "no"),
								new Content.ToolResult("t3", List.of(Content.Image.of("image/png", PICTURE)), true))),
				"""
						[{"role":"user","content":"go"},
						{"role":"assistant","content":"","thinking":"mine","tool_calls":[
						{"id":"t1","function":{"name":"add","arguments":{"a":1}}},
						{"id":"t2","function":{"name":"now","arguments":{"INVALID_JSON":"{\\"cut"}}}]},
						{"role":"tool","content":"2","tool_name":"add","tool_call_id":"t1"},
						{"role":"tool","content":"Error: no","tool_name":"now","tool_call_id":"t2"},
						{"role":"tool","content":"Error: ","images":["AQID/w=="],"tool_call_id":"t3"},
						{"role":"user","content":"well?"}]""");
	}

	@Test
	void toolsAreDescribedUnlessTheyAreForbidden() {
		Tool tool = Tool.of("add", "Adds", Map.of("type", "object"));
		assertJson(encode((r) -> r.tools(tool).toolChoice(ToolChoice.AUTO)).get("tools"),
				"""
						[{"type":"function","function":{"name":"add","description":"Adds","parameters":{"type":"object","properties":{}}}}]""");
		assertThat(encode((r) -> r.tools(tool).toolChoice(ToolChoice.NONE)).has("tools")).isFalse();
	}

	@Test
	void theFormatIsJsonOrASchema() {
		assertJson(encode((r) -> r.responseFormat(ResponseFormat.JSON)).get("format"), "\"json\"");
		assertJson(
				encode((r) -> r.responseFormat(ResponseFormat.jsonSchema("x", Map.of("type", "object")))).get("format"),
				"{\"type\":\"object\"}");
		assertThat(encode((r) -> r.responseFormat(ResponseFormat.TEXT)).has("format")).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "gpt-oss:20b,NONE,false", "gpt-oss:20b,MINIMAL,\"low\"", "gpt-oss:20b,LOW,\"low\"",
			"gpt-oss:20b,MEDIUM,\"medium\"", "gpt-oss:20b,HIGH,\"high\"", "gpt-oss:20b,MAX,\"high\"",
			"qwen3:8b,NONE,false", "qwen3:8b,LOW,true", "qwen3:8b,XHIGH,true", "house:7b,MEDIUM,true" })
	void effortIsALevelOfThinkingForModelsThatHaveLevels(String model, ReasoningEffort effort, String think) {
		LlmRequest request = LlmRequest.builder()
			.model(model)
			.messages(Message.user("Hi"))
			.reasoningEffort(effort)
			.build();
		assertJson(JSON.readTree(this.format.encode(request, ModelCatalog.load().find(model))).get("think"), think);
	}

	static List<Consumer<LlmRequest.Builder>> refused() {
		List<Consumer<LlmRequest.Builder>> all = new ArrayList<>(
				Arrays.asList((r) -> r.messages(), (r) -> r.temperature(Double.NaN),
						(r) -> r.topP(Double.NEGATIVE_INFINITY), (r) -> r.toolChoice(ToolChoice.REQUIRED),
						(r) -> r.toolChoice(ToolChoice.tool("f")), (r) -> r.options(Map.of("x", new Object())),
						(r) -> r.messages(Message.assistant(List.of(Content.ToolResult.of("t", "x"))))));
		List.of(Content.Image.of(URI.create("https://x.example/a.png")),
				Content.Document.of("application/pdf", PICTURE, "a.pdf"), ToolCall.of("t", "f", Map.of()),
				new Content.ToolResult("t", List.of(Content.Document.of(URI.create("https://x.example/a"))), false),
				new Content.ToolResult("t", List.of(Content.ToolResult.of("t", "x")), false))
			.forEach((block) -> all.add((r) -> r.messages(Message.user(block))));
		return all;
	}

	@ParameterizedTest
	@MethodSource("refused")
	void whatOllamaCannotTakeIsRefusedBeforeItIsSent(Consumer<LlmRequest.Builder> request) {
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> encode(request)).satisfies((ex) -> {
			assertThat(ex.kind()).isIn(ErrorKind.UNSUPPORTED, ErrorKind.INVALID_REQUEST);
			assertThat(ex.provider()).isEqualTo("ollama");
		});
	}

}
