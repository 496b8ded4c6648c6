package io.arcllm.provider.anthropic;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.ReasoningEffort;
import io.arcllm.ResponseFormat;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.ToolChoice;
import io.arcllm.provider.http.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class AnthropicEncoderTests {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final byte[] PICTURE = { 1, 2, 3, (byte) 255 };

	private final AnthropicFormat format = new AnthropicFormat("anthropic");

	private JsonNode encode(LlmRequest request) {
		return JSON.readTree(this.format.encode(request));
	}

	private JsonNode encode(Consumer<LlmRequest.Builder> request) {
		LlmRequest.Builder builder = LlmRequest.builder().model("claude-x").messages(Message.user("Hi"));
		request.accept(builder);
		return encode(builder.build());
	}

	private JsonNode messages(Message... messages) {
		return encode((request) -> request.messages(messages)).get("messages");
	}

	private static void assertJson(JsonNode actual, String expected) {
		assertThat(actual).isEqualTo(JSON.readTree(expected));
	}

	@ParameterizedTest
	@CsvSource({ "https://api.anthropic.com,https://api.anthropic.com/v1/messages",
			"https://a.example/v1,https://a.example/v1/messages",
			"https://a.example/x/v1/messages,https://a.example/x/v1/messages" })
	void theBaseUrlIsCompletedOnce(String base, String url) {
		assertThat(this.format.url(base)).isEqualTo(url);
	}

	@Test
	void theKeyGoesIntoItsHeaderIfThereIsOne() {
		HttpHeaders headers = new HttpHeaders();
		this.format.headers(headers, null);
		assertThat(headers.headerNames()).containsExactly("anthropic-version");
		this.format.headers(headers, "k");
		assertThat(headers.getFirst("x-api-key")).isEqualTo("k");
		assertThat(headers.getFirst("anthropic-version")).isEqualTo("2023-06-01");
	}

	@Test
	void whatIsUnsetIsNotSent() {
		assertJson(encode((request) -> {
		}), """
				{"model":"claude-x","max_tokens":4096,
				"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]}""");
	}

	@Test
	void zeroIsSent() {
		JsonNode body = encode((request) -> request.maxTokens(0).temperature(0.0).topP(0.0));
		assertThat(body.get("max_tokens").asInt()).isZero();
		assertThat(body.get("temperature").asDouble()).isZero();
		assertThat(body.get("top_p").asDouble()).isZero();
	}

	@Test
	void parametersAreSent() {
		JsonNode body = encode((request) -> request.maxTokens(9).stop("a", "b").streaming(true));
		assertThat(body.get("stop_sequences")).isEqualTo(JSON.readTree("[\"a\",\"b\"]"));
		assertThat(body.get("stream").asBoolean()).isTrue();
		assertThat(body.get("max_tokens").asInt()).isEqualTo(9);
	}

	@Test
	void everySystemMessageIsKeptInOrder() {
		JsonNode body = encode((request) -> request.messages(Message.system("one"), Message.system("two"),
				Message.user("Hi"), Message.system("three"), Message.user("more")));
		assertJson(body.get("system"), """
				[{"type":"text","text":"one"},{"type":"text","text":"two"},{"type":"text","text":"three"}]""");
		assertJson(body.get("messages"), """
				[{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"text","text":"more"}]}]""");
	}

	@Test
	void picturesAndDocumentsGoByBytesAndByUrl() {
		assertJson(
				messages(Message.user(Content.Image.of("image/png", PICTURE),
						Content.Image.of(URI.create("https://x.example/a.png")),
						Content.Document.of("application/pdf", PICTURE, "a.pdf"),
						Content.Document.of("text/plain", "wörds".getBytes(StandardCharsets.UTF_8), ""),
						Content.Document.of(URI.create("https://x.example/a.pdf")), new Content.Text("what?")))
					.get(0)
					.get("content"),
				"""
						[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AQID/w=="}},
						{"type":"image","source":{"type":"url","url":"https://x.example/a.png"}},
						{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AQID/w=="},"title":"a.pdf"},
						{"type":"document","source":{"type":"text","media_type":"text/plain","data":"wörds"}},
						{"type":"document","source":{"type":"url","url":"https://x.example/a.pdf"}},{"type":"text","text":"what?"}]""");
	}

	@Test
	void resultsOfToolsShareATurnAndComeFirst() {
		assertJson(
				messages(Message.user("go"),
						Message.assistant(List.of(new Content.Text(" "), ToolCall.of("t1", "add", Map.of("a", 1)),
								new ToolCall("t2", "now", "{\"cut", null))),
						Message.user(new Content.Text("by the way"),
								new Content.ToolResult("t1",
										List.of(new Content.Text("2"), Content.Image.of("image/png", PICTURE)), false)),
						Message.toolResults(Content.ToolResult.error("t2", "no such time"),
								new Content.ToolResult("t3", List.of(), false)),
						Message.user("well?")),
				"""
						[{"role":"user","content":[{"type":"text","text":"go"}]},
						{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"add","input":{"a":1}},
						{"type":"tool_use","id":"t2","name":"now","input":{"INVALID_JSON":"{\\"cut"}}]},
						{"role":"user","content":[
						{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"2"},
						{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AQID/w=="}}]},
						{"type":"tool_result","tool_use_id":"t2","content":[{"type":"text","text":"no such time"}],"is_error":true},
						{"type":"tool_result","tool_use_id":"t3"},
						{"type":"text","text":"by the way"},{"type":"text","text":"well?"}]}]""");
	}

	@Test
	void onlyOwnAndSignedThoughtsAreSentBack() {
		assertJson(
				messages(Message.user("Hi"),
						Message.assistant(List.of(new Content.Thinking("mine", "s1", null, "anthropic"),
								new Content.Thinking("anybody's", "s2", null, null),
								new Content.Thinking("", null, "enc", "anthropic"),
								new Content.Thinking("unsigned", null, null, "anthropic"),
								new Content.Thinking("foreign", "s3", null, "other"), new Content.Text("Hello"))),
						Message.user("more"))
					.get(1),
				"""
						{"role":"assistant","content":[{"type":"thinking","thinking":"mine","signature":"s1"},
						{"type":"thinking","thinking":"anybody's","signature":"s2"},{"type":"redacted_thinking","data":"enc"},
						{"type":"text","text":"Hello"}]}""");
	}

	@Test
	void aToolLoopWithThinkingGoesRound() {
		LlmResponse answer = Exchange.whole(new AnthropicFormat("vendor"),
				"""
						{"type":"message","stop_reason":"tool_use","content":[
						{"type":"thinking","thinking":"add them","signature":"sig=="},{"type":"text","text":"One moment."},
						{"type":"tool_use","id":"t1","name":"add","input":{"a":1}},{"type":"tool_use","id":"t2","name":"add","input":{"a":2}}]}""");
		LlmRequest next = LlmRequest.builder()
			.model("claude-x")
			.reasoningEffort(ReasoningEffort.LOW)
			.messages(Message.user("sum"), answer.toMessage(),
					Message.toolResults(Content.ToolResult.of("t1", "1"), Content.ToolResult.of("t2", "2")))
			.build();
		JsonNode own = JSON.readTree(new AnthropicFormat("vendor").encode(next));
		assertJson(own.get("messages").get(1).get("content"),
				"""
						[{"type":"thinking","thinking":"add them","signature":"sig=="},{"type":"text","text":"One moment."},
						{"type":"tool_use","id":"t1","name":"add","input":{"a":1}},{"type":"tool_use","id":"t2","name":"add","input":{"a":2}}]""");
		assertThat(own.get("messages").get(2).get("content")).hasSize(2);
		assertThat(own.has("thinking")).isTrue();
		JsonNode foreign = encode(next);
		assertThat(foreign.get("messages").get(1).get("content")).hasSize(3);
		assertThat(foreign.has("thinking")).as("refused while the thoughts before a call are missing").isFalse();
	}

	@Test
	void toolsAreDescribed() {
		JsonNode body = encode((request) -> request.tools(
				new Tool("add", "Adds", Map.of("type", "object", "required", List.of("a")), true),
				Tool.of("now", "", Map.of())));
		assertJson(body.get("tools"), """
				[{"name":"add","description":"Adds","input_schema":{"type":"object","required":["a"],
				"properties":{},"additionalProperties":false},"strict":true},
				{"name":"now","input_schema":{"type":"object","properties":{}}}]""");
	}

	@Test
	void toolChoiceIsTranslated() {
		assertJson(encode((r) -> r.toolChoice(ToolChoice.AUTO)).get("tool_choice"), "{\"type\":\"auto\"}");
		assertJson(encode((r) -> r.toolChoice(ToolChoice.NONE)).get("tool_choice"), "{\"type\":\"none\"}");
		assertJson(encode((r) -> r.toolChoice(ToolChoice.REQUIRED)).get("tool_choice"), "{\"type\":\"any\"}");
		assertJson(encode((r) -> r.toolChoice(ToolChoice.tool("f"))).get("tool_choice"),
				"{\"type\":\"tool\",\"name\":\"f\"}");
	}

	@ParameterizedTest
	@CsvSource({ "MINIMAL,,1024,5120", "LOW,,2048,6144", "MEDIUM,,8192,12288", "HIGH,,24576,28672",
			"HIGH,10000,5000,10000", "LOW,1500,1024,1500" })
	void effortBecomesABudgetBelowMaxTokens(ReasoningEffort effort, Integer maxTokens, int budget, int sent) {
		JsonNode body = encode((request) -> request.reasoningEffort(effort).maxTokens(maxTokens));
		assertJson(body.get("thinking"), "{\"type\":\"enabled\",\"budget_tokens\":" + budget + "}");
		assertThat(body.get("max_tokens").asInt()).isEqualTo(sent).isGreaterThan(budget);
	}

	@Test
	void noEffortIsNoThinking() {
		assertThat(encode((request) -> request.reasoningEffort(ReasoningEffort.NONE)).has("thinking")).isFalse();
	}

	@Test
	void aSchemaBecomesAnOutputFormat() {
		ResponseFormat format = ResponseFormat.jsonSchema("x", Map.of("type", "object"));
		assertJson(encode(
				(request) -> request.responseFormat(format).options(Map.of("output_config", Map.of("effort", "low"))))
			.get("output_config"), """
					{"format":{"type":"json_schema","schema":{"type":"object","additionalProperties":false}},
					"effort":"low"}""");
		assertThat(encode((request) -> request.responseFormat(ResponseFormat.TEXT)).has("output_config")).isFalse();
	}

	@Test
	void optionsAreSentAsTheyAreAndWin() {
		Map<String, Object> options = new LinkedHashMap<>(
				Map.of("top_k", 5, "max_tokens", 7, "thinking", Map.of("type", "adaptive")));
		options.put("service_tier", null);
		byte[] bytes = this.format.encode(LlmRequest.builder()
			.model("m")
			.messages(Message.user("Hi"))
			.maxTokens(99)
			.temperature(0.5)
			.reasoningEffort(ReasoningEffort.HIGH)
			.options(options)
			.build());
		JsonNode body = JSON.readTree(bytes);
		assertThat(body.get("max_tokens").asInt()).isEqualTo(7);
		assertThat(body.get("top_k").asInt()).isEqualTo(5);
		assertThat(body.get("service_tier").isNull()).isTrue();
		assertJson(body.get("thinking"), "{\"type\":\"adaptive\"}");
		assertThat(new String(bytes, StandardCharsets.UTF_8).split("\"max_tokens\"")).hasSize(2);
	}

	static List<Consumer<LlmRequest.Builder>> refused() {
		List<Consumer<LlmRequest.Builder>> all = new ArrayList<>(
				Arrays.asList((r) -> r.messages(), (r) -> r.messages(Message.system("alone")),
						(r) -> r.messages(Message.user(" ")), (r) -> r.temperature(Double.NaN),
						(r) -> r.topP(Double.POSITIVE_INFINITY), (r) -> r.responseFormat(ResponseFormat.JSON),
						(r) -> r.reasoningEffort(ReasoningEffort.LOW).maxTokens(1024),
						(r) -> r.reasoningEffort(ReasoningEffort.LOW).toolChoice(ToolChoice.REQUIRED),
						(r) -> r.reasoningEffort(ReasoningEffort.LOW).temperature(0.0),
						(r) -> r.options(Map.of("x", new Object()))));
		List.of(Content.Image.of("image/tiff", PICTURE), Content.Image.of(URI.create("file:///etc/passwd")),
				Content.Image.of(URI.create("a.png")), Content.Document.of("application/zip", PICTURE, "a.zip"),
				ToolCall.of("t", "f", Map.of()),
				new Content.ToolResult("t", List.of(ToolCall.of("t", "f", Map.of())), false))
			.forEach((block) -> all.add((r) -> r.messages(Message.user(block))));
		List.of(Content.Image.of("image/png", PICTURE), Content.ToolResult.of("t", "x"))
			.forEach((block) -> all.add((r) -> r.messages(Message.assistant(List.of(block)))));
		all.add((r) -> r.messages(new Message(Message.Role.SYSTEM, List.of(Content.Image.of("image/png", PICTURE)))));
		return Collections.unmodifiableList(all);
	}

	@ParameterizedTest
	@MethodSource("refused")
	void whatAnthropicCannotTakeIsRefusedBeforeItIsSent(Consumer<LlmRequest.Builder> request) {
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> encode(request)).satisfies((ex) -> {
			assertThat(ex.kind()).isIn(ErrorKind.UNSUPPORTED, ErrorKind.INVALID_REQUEST);
			assertThat(ex.provider()).isEqualTo("anthropic");
			assertThat(ex.model()).isEqualTo("claude-x");
		});
	}

}
