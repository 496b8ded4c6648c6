package io.arcllm.test;

import java.net.http.HttpResponse;
import java.util.List;

import io.arcllm.test.vendor.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each vendor answers in its own format, whole and streamed, with and without tools.
 */
class WireFormatTests {

	private static final String WEATHER_SCHEMA = """
			{"type":"object","properties":{"city":{"type":"string"},"unit":{"enum":["celsius"]}},"required":["city"]}""";

	private static final String OPENAI_TOOLS = """
			"tools":[{"type":"function","function":{"name":"get_weather","description":"Weather of a city",\
			"parameters":%s}}]""".formatted(WEATHER_SCHEMA);

	private static final String ASK_WEATHER = """
			{"role":"user","content":"What is the weather in Paris and New York?"}""";

	private static FakeVendors simulator;

	@BeforeAll
	static void start() {
		simulator = FakeVendors.start(FakeVendorSettings.instant());
	}

	@AfterAll
	static void stop() {
		simulator.close();
	}

	@Test
	void anthropicAnswersWhole() throws Exception {
		HttpResponse<String> response = anthropic("""
				{"model":"claude-x","max_tokens":500,"messages":[{"role":"user","content":"Why is rain wet?"}]}""");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("request-id")).isPresent();
		JsonNode body = Json.read(response.body());
		assertThat(body.at("/type").asString()).isEqualTo("message");
		assertThat(body.at("/content/0/text").asString()).contains("Simulated", "Why is rain wet?", "claude-x");
		assertThat(body.at("/stop_reason").asString()).isEqualTo("end_turn");
		assertThat(body.at("/usage/input_tokens").asInt()).isPositive();
		assertThat(body.at("/usage/output_tokens").asInt()).isGreaterThan(20);
	}

	@Test
	void anthropicStreams() throws Exception {
		HttpResponse<String> response = anthropic("""
				{"model":"claude-x","stream":true,"max_tokens":5,"thinking":{"type":"enabled","budget_tokens":1024},
				"messages":[{"role":"user","content":[{"type":"text","text":"Hello"}]}]}""");
		assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
		List<JsonNode> events = events(response.body());
		assertThat(events).extracting((event) -> event.path("type").asString())
			.startsWith("message_start", "ping", "content_block_start")
			.contains("content_block_delta", "content_block_stop")
			.endsWith("message_delta", "message_stop");
		assertThat(response.body()).contains("event: message_start\n", "thinking_delta", "signature_delta",
				"text_delta");
		assertThat(events.get(events.size() - 2).at("/delta/stop_reason").asString()).isEqualTo("max_tokens");
	}

	@Test
	void anthropicCallsToolsAndUsesTheirResults() throws Exception {
		String tools = """
				"tools":[{"name":"get_weather","description":"Weather of a city","input_schema":%s}]"""
			.formatted(WEATHER_SCHEMA);
		JsonNode call = Json
			.read(anthropic("{\"model\":\"c\"," + tools + ",\"messages\":[" + ASK_WEATHER + "]}").body());
		assertThat(call.at("/stop_reason").asString()).isEqualTo("tool_use");
		assertThat(call.at("/content/0/input/city").asString()).isEqualTo("Paris");
		assertThat(call.at("/content/1/input/city").asString()).isEqualTo("New York");
		JsonNode answer = Json.read(anthropic("{\"model\":\"c\"," + tools + ",\"messages\":[" + ASK_WEATHER + """
				,{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"get_weather","input":{}}]},
				{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"21 degrees"}]}]}""")
			.body());
		assertThat(answer.at("/content/0/text").asString()).contains("21 degrees");
		String streamed = anthropic(
				"{\"model\":\"c\",\"stream\":true," + tools + ",\"messages\":[" + ASK_WEATHER + "]}")
			.body();
		assertThat(streamed).contains("input_json_delta", "\"stop_reason\":\"tool_use\"");
	}

	@Test
	void openAiAnswersWhole() throws Exception {
		HttpResponse<String> response = openAi("""
				{"model":"gpt-x","messages":[{"role":"user","content":"Hi there"}],"reasoning_effort":"high"}""");
		JsonNode body = Json.read(response.body());
		assertThat(response.headers().firstValue("x-request-id")).isPresent();
		assertThat(body.at("/choices/0/message/content").asString()).contains("Simulated", "Hi there");
		assertThat(body.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
		assertThat(body.at("/usage/completion_tokens_details/reasoning_tokens").asInt()).isPositive();
	}

	@Test
	void openAiStreamsWithUsageOnlyWhenAsked() throws Exception {
		String plain = openAi("""
				{"model":"gpt-x","stream":true,"messages":[{"role":"user","content":"Hi"}]}""").body();
		assertThat(plain).endsWith("data: [DONE]\n\n").doesNotContain("usage");
		List<JsonNode> chunks = events(openAi("""
				{"model":"gpt-x","stream":true,"stream_options":{"include_usage":true},
				"messages":[{"role":"user","content":"Hi"}]}""").body());
		assertThat(chunks.get(0).at("/choices/0/delta/role").asString()).isEqualTo("assistant");
		assertThat(chunks.get(chunks.size() - 1).at("/usage/total_tokens").asInt()).isPositive();
		assertThat(chunks.get(chunks.size() - 2).at("/choices/0/finish_reason").asString()).isEqualTo("stop");
	}

	@Test
	void openAiCallsToolsAndUsesTheirResults() throws Exception {
		JsonNode call = Json
			.read(openAi("{\"model\":\"g\"," + OPENAI_TOOLS + ",\"messages\":[" + ASK_WEATHER + "]}").body());
		assertThat(call.at("/choices/0/finish_reason").asString()).isEqualTo("tool_calls");
		assertThat(call.at("/choices/0/message/content").isNull()).isTrue();
		assertThat(call.at("/choices/0/message/tool_calls/1/function/arguments").asString())
			.isEqualTo("{\"city\":\"New York\",\"unit\":\"celsius\"}");
		String streamed = openAi(
				"{\"model\":\"g\",\"stream\":true," + OPENAI_TOOLS + ",\"messages\":[" + ASK_WEATHER + "]}")
			.body();
		assertThat(streamed).contains("\"index\":1,\"id\":\"call_");
		JsonNode answer = Json.read(openAi("{\"model\":\"g\"," + OPENAI_TOOLS + ",\"messages\":[" + ASK_WEATHER + """
				,{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"get_weather"}}]},
				{"role":"tool","tool_call_id":"c","content":"21 degrees"}]}""").body());
		assertThat(answer.at("/choices/0/message/content").asString()).contains("21 degrees");
	}

	@Test
	void openAiHoldsToASchemaAndToStops() throws Exception {
		JsonNode body = Json.read(openAi("""
				{"model":"g","messages":[{"role":"user","content":"A person"}],"response_format":{"type":"json_schema",
				"json_schema":{"name":"p","schema":{"type":"object","properties":{"age":{"type":"integer"},
				"tags":{"type":"array","items":{"type":"string"}}}}}}}""").body());
		JsonNode content = Json.read(body.at("/choices/0/message/content").asString());
		assertThat(content.path("age").isInt()).isTrue();
		assertThat(content.path("tags").isArray()).isTrue();
		JsonNode stopped = Json.read(openAi("""
				{"model":"g","stop":[" no "],"messages":[{"role":"user","content":"A person"}]}""").body());
		assertThat(stopped.at("/choices/0/message/content").asString()).doesNotContain("no model");
	}

	@Test
	void ollamaAnswersWholeAndStreams() throws Exception {
		JsonNode whole = Json.read(ollama("""
				{"model":"llama","stream":false,"think":true,"messages":[{"role":"user","content":"Hi"}]}""").body());
		assertThat(whole.at("/message/content").asString()).contains("Simulated", "Hi");
		assertThat(whole.at("/message/thinking").asString()).isNotEmpty();
		assertThat(whole.at("/done").asBoolean()).isTrue();
		assertThat(whole.at("/eval_count").asInt()).isPositive();
		String[] lines = ollama("""
				{"model":"llama","messages":[{"role":"user","content":"Hi"}]}""").body().split("\n");
		assertThat(lines.length).isGreaterThan(10);
		assertThat(Json.read(lines[0]).path("done").asBoolean()).isFalse();
		assertThat(Json.read(lines[lines.length - 1]).path("done_reason").asString()).isEqualTo("stop");
	}

	@Test
	void ollamaCallsTools() throws Exception {
		JsonNode call = Json
			.read(ollama("{\"model\":\"l\",\"stream\":false," + OPENAI_TOOLS + ",\"messages\":[" + ASK_WEATHER + "]}")
				.body());
		assertThat(call.at("/message/tool_calls/0/function/arguments/city").asString()).isEqualTo("Paris");
	}

	@Test
	void whatIsNoRequestIsRefused() throws Exception {
		assertThat(openAi("{").statusCode()).isEqualTo(400);
		assertThat(anthropic("{\"model\":\"x\"}").body()).contains("invalid_request_error");
		assertThat(RawHttp.post(url("ollama") + "/nowhere", "{}").statusCode()).isEqualTo(404);
	}

	private static HttpResponse<String> anthropic(String body) throws Exception {
		return RawHttp.post(url("anthropic") + "/v1/messages", body);
	}

	private static HttpResponse<String> openAi(String body) throws Exception {
		return RawHttp.post(url("openai") + "/v1/chat/completions", body);
	}

	private static HttpResponse<String> ollama(String body) throws Exception {
		return RawHttp.post(url("ollama") + "/api/chat", body);
	}

	private static String url(String vendor) {
		return simulator.vendor(vendor).orElseThrow().url();
	}

	private static List<JsonNode> events(String body) {
		return body.lines()
			.filter((line) -> line.startsWith("data: {"))
			.map((line) -> Json.read(line.substring(6)))
			.toList();
	}

}
